package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A provider that takes the simulated one's place in the demonstration when its key is there.
 *
 * @param variable the environment variable that holds the key
 * @param settings as of {@code --set}
 */
record RealProvider(String variable, List<String> settings) {
  private static final List<RealProvider> ALL =
      List.of(
          new RealProvider(
              "DASHSCOPE_API_KEY",
              List.of(
                  "providers.0={name: model, type: qwen, models: [qwen-max, qwen-plus],"
                      + " api_tokens: ['${DASHSCOPE_API_KEY}']}")),
          new RealProvider(
              "OPENAI_API_KEY",
              List.of(
                  "providers.0={name: model, type: openai, models: [gpt-4o-mini],"
                      + " api_tokens: ['${OPENAI_API_KEY}']}",
                  "routes.0.upstreams.0={provider: model, model_mapping: {'*': gpt-4o-mini}}")));

  RealProvider {
    settings = List.copyOf(settings);
  }

  /** The first whose variable is set. */
  static Optional<RealProvider> chosenBy(Map<String, String> environment) {
    return ALL.stream()
        .filter(provider -> !environment.getOrDefault(provider.variable(), "").isBlank())
        .findFirst();
  }

  JsonNode putInto(JsonNode demonstration) throws StartFault {
    JsonNode tree = demonstration;
    for (String setting : settings) {
      tree = Overrides.set(tree, setting);
    }
    return tree;
  }
}
