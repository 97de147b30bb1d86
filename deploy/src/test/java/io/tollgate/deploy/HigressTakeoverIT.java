package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.store.FreePorts;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A gateway that takes over from Higress: its configuration imported, its Redis as it was. */
class HigressTakeoverIT {
  private static final String COUNTER =
      "higress-token-ratelimit:default_rule:limit_by_per_header:60:x-api-key:";
  private static final Path INPUT =
      Path.of("src/test/resources/io/tollgate/deploy/higress/walkthrough/input.yaml");

  @TempDir private Path folder;

  @Test
  void used_tokens_and_balances_go_on_from_where_they_were() throws Exception {
    try (OwnRedis redis = new OwnRedis(folder.resolve("redis"))) {
      // As Higress writes them: a counter of what is used, and a balance of what is left.
      redis.ask("SET " + COUNTER + "USER-1 3 EX 3600");
      redis.ask("SET " + COUNTER + "value-of-user-2 6 EX 3600");
      redis.ask("SET chat_quota:aliyun-user1 1000");
      redis.ask("SET chat_quota:aliyun-user2 1000");

      int port = FreePorts.next();
      try (Node node = Node.start(Starts.of(imported(redis.port(), port)), NodeRoles.ALONE)) {
        assertThat(node).isNotNull();
        ApiClient client = new ApiClient(port);

        HttpResponse<String> left = client.chat("USER-1", "qwen-max", "Hi");
        assertThat(left.statusCode()).as(left.body()).isEqualTo(200);
        long used = ApiClient.tokensOf(left);
        Eventually.that(
            () -> {
              assertThat(redis.number(COUNTER + "USER-1")).isEqualTo(3 + used);
              assertThat(redis.number("chat_quota:aliyun-user1")).isEqualTo(1000 - used);
            });

        HttpResponse<String> spent = client.chat("value-of-user-2", "qwen-max", "Hi");
        assertThat(spent.statusCode()).isEqualTo(429);
        assertThat(spent.body()).contains("Too many requests", "\"used\":6");
        assertThat(Integer.parseInt(spent.headers().firstValue("Retry-After").orElse("0")))
            .isBetween(3500, 3600);
        assertThat(redis.number(COUNTER + "value-of-user-2")).isEqualTo(6);
        assertThat(redis.number("chat_quota:aliyun-user2")).isEqualTo(1000);
      }
    }
  }

  /** The walkthrough's configuration, with a simulated provider in place of the real one. */
  private TollgateConfig imported(int redis, int port) throws Exception {
    Path file = folder.resolve("tollgate.yaml");
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(PrintWriter.nullWriter()));
    assertThat(
            line.execute(
                "import",
                "higress",
                INPUT.toString(),
                "--output",
                file.toString(),
                "--service",
                "local-redis.static=redis://127.0.0.1:" + redis))
        .isZero();
    assertThat(Files.readString(file)).contains("127.0.0.1:" + redis);
    JsonNode tree = ConfigFile.read(file);
    for (String setting :
        List.of(
            "providers.0={name: qwen, type: demo, demo: {first_token: 0s, interval: 0s}}",
            "node.data_dir=" + folder.resolve("data"),
            "log.decisions=off",
            "proxy.http={host: 127.0.0.1, port: " + port + "}",
            "admin.port=" + FreePorts.next())) {
      tree = Overrides.set(tree, setting);
    }
    ConfigResult result = Configuration.read(tree, Map.of("USER2_KEY", "value-of-user-2"), false);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }
}
