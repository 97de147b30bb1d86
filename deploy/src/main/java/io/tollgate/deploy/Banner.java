package io.tollgate.deploy;

import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.util.Optional;
import java.util.stream.Collectors;

/** What somebody who tries Tollgate needs to know; shows the demonstration's own keys. */
final class Banner {
  private static final String TRY =
      """

      Query, set and change a quota; then ask twice: the second answer is a 429, as qwen-max has a limit
      of 5 tokens a minute here.

        curl 'http://localhost:{port}/v1/chat/completions/quota?consumer=aliyun-user1' -H 'x-api-key:demo-admin' -H 'x-higress-llm-model: qwen-max'
        curl 'http://localhost:{port}/v1/chat/completions/quota/refresh' -d 'consumer=aliyun-user1&quota=100' -H 'x-api-key:demo-admin' -H 'x-higress-llm-model: qwen-max'
        curl 'http://localhost:{port}/v1/chat/completions/quota/delta' -d 'consumer=aliyun-user1&value=100' -H 'x-api-key:demo-admin' -H 'x-higress-llm-model: qwen-max'
        curl 'http://localhost:{port}/v1/chat/completions' -H 'x-api-key:demo-user1' -H 'Content-Type: application/json' -d '{"model":"qwen-max","messages":[{"role":"user","content":"你是谁"}]}'

      Any other model, such as demo-chat, has generous limits; add "stream":true to see it stream.
      Ctrl-C ends it.
      """;

  private Banner() {}

  static String of(TollgateConfig config, OpenPorts ports, Optional<RealProvider> provider) {
    int port = ports.of(OpenPorts.Door.HTTP);
    StringBuilder text = new StringBuilder(TRY.length() * 2);
    text.append("\nTollgate ")
        .append(Version.text())
        .append(" is ready after ")
        .append(ReadyLine.elapsed())
        .append("\n\n  requests        http://localhost:")
        .append(port)
        .append("\n  administration  http://localhost:")
        .append(ports.of(OpenPorts.Door.ADMIN))
        .append("   token ")
        .append(config.admin().token())
        .append("\n  keys            ")
        .append(keys(config))
        .append("\n\n")
        .append(model(provider))
        .append(TRY.replace("{port}", Integer.toString(port)));
    return text.toString();
  }

  private static String keys(TollgateConfig config) {
    return config.consumers().stream().map(Banner::keys).collect(Collectors.joining(", "));
  }

  private static String keys(ConsumerConfig consumer) {
    return String.join(", ", consumer.knownKeys().values()) + " (" + consumer.name() + ")";
  }

  private static String model(Optional<RealProvider> provider) {
    return provider
        .map(real -> "Answers come from a real model, with the key in " + real.variable() + ".\n")
        .orElse(
            "The model is simulated, because no provider key is set: answers are made up, tokens"
                + " are counted\nfor real. With DASHSCOPE_API_KEY or OPENAI_API_KEY in the"
                + " environment a real model answers.\n");
  }
}
