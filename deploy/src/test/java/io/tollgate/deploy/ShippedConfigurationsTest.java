package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tollgate.contract.config.ProviderType;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.UpstreamConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that come with Tollgate are valid and say what the documents say. */
class ShippedConfigurationsTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)}");

  @ParameterizedTest
  @ValueSource(strings = {"config/gateway.yaml", "config/cluster.yaml"})
  void files_to_start_from_are_valid_for_a_cluster_once_their_variables_are_set(String file)
      throws Exception {
    JsonNode tree = ConfigFile.read(Path.of(file));
    Map<String, String> environment = new HashMap<>();
    VARIABLE
        .matcher(new ObjectMapper().writeValueAsString(tree))
        .results()
        .map(found -> found.group(1))
        .forEach(name -> environment.put(name, name.replace('_', '-')));

    assertThat(Configuration.read(tree, environment, true)).isInstanceOf(ConfigResult.Valid.class);
  }

  @Test
  void the_demonstration_needs_nothing_from_outside() throws Exception {
    TollgateConfig config = demonstration(Map.of());

    assertThat(config.admin().token()).isEqualTo("demo-token");
    assertThat(config.consumers())
        .flatExtracting(consumer -> consumer.knownKeys().values())
        .containsExactly("demo-admin", "demo-user1", "demo-user2");
    assertThat(config.consumers())
        .extracting("name")
        .containsExactly("aliyun-admin", "aliyun-user1", "aliyun-user2");
    assertThat(config.providers()).extracting("type").containsExactly(ProviderType.DEMO);
    RouteConfig walkthrough = config.routes().getFirst();
    assertThat(walkthrough.models()).containsExactly("qwen-max");
    assertThat(walkthrough.quota()).isNotNull();
    assertThat(config.routes().getLast().models()).isEmpty();
    assertThat(config.routes().getLast().limits()).isNotEmpty();
  }

  @Test
  void a_provider_key_brings_the_real_provider() throws Exception {
    TollgateConfig qwen = demonstration(Map.of("DASHSCOPE_API_KEY", "k1", "OPENAI_API_KEY", "k2"));
    TollgateConfig openai = demonstration(Map.of("OPENAI_API_KEY", "k2", "DASHSCOPE_API_KEY", ""));

    assertThat(qwen.providers()).extracting("type").containsExactly(ProviderType.QWEN);
    assertThat(qwen.providers().getFirst().apiTokens()).containsExactly("k1");
    assertThat(openai.providers()).extracting("type").containsExactly(ProviderType.OPENAI);
    assertThat(openai.routes().getFirst().upstreams())
        .containsExactly(new UpstreamConfig("model", 1, Map.of("*", "gpt-4o-mini")));
  }

  private static TollgateConfig demonstration(Map<String, String> environment) throws StartFault {
    ConfigResult result = Demonstration.source(List.of(), environment).read();
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }
}
