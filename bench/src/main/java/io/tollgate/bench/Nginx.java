package io.tollgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx as a plain reverse proxy with kept-alive connections on both sides, without any log. */
final class Nginx {
  private Nginx() {}

  static Child start(int port, int upstreamPort, int workers, Path dir) throws IOException {
    Path prefix = Files.createDirectories(dir.resolve("nginx"));
    Path config = prefix.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        worker_processes %d;
        pid nginx.pid;
        error_log stderr warn;
        events { worker_connections 8192; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 100000000;
          upstream provider {
            server 127.0.0.1:%d;
            keepalive 512;
            keepalive_requests 100000000;
          }
          server {
            listen 127.0.0.1:%d backlog=4096;
            location / {
              proxy_pass http://provider;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
            }
          }
        }
        """
            .formatted(workers, upstreamPort, port));
    return Child.start(
        "nginx",
        List.of(
            "nginx",
            "-p",
            prefix.toAbsolutePath().toString(),
            "-c",
            config.toAbsolutePath().toString()),
        Map.of(),
        dir);
  }
}
