package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tollgate.contract.config.KeyTemplate;
import io.tollgate.contract.config.KeyTemplate.Part;
import io.tollgate.contract.config.KeyTemplate.Source;
import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.config.LimitServiceConfig.Match;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code llm-token-ratelimit} as it may be written, and what may be wrong with it. */
class LimitServiceReaderTest {
  @Test
  void a_block_is_read_whole() {
    LimitServiceConfig read =
        valid(
            "{matches: [{host: {exact: api.example.com}, path: {prefix: /v1}}, {headers:"
                + " {User-Type: {regex: a|b}}}, {headers: [{name: X-B, exact: c}]}],"
                + " rateLimitKeys: ['{{request.headers.User-Type}}',"
                + " 'u-{{consumer}}/{{ request.query.t }}'], rateLimitService: {host: rl, port:"
                + " 8090, timeout: 300ms}, fallOpen: false, rejected_code: 430, rejected_msg:"
                + " 'no'}");

    assertThat(read)
        .isEqualTo(
            new LimitServiceConfig(
                List.of(
                    new Match("host", Match.Kind.EXACT, "api.example.com"),
                    new Match("path", Match.Kind.PREFIX, "/v1"),
                    new Match("header:user-type", Match.Kind.REGEX, "a|b"),
                    new Match("header:x-b", Match.Kind.EXACT, "c")),
                List.of(
                    new KeyTemplate(List.of(new Part.Fact(Source.HEADER, "user-type"))),
                    new KeyTemplate(
                        List.of(
                            new Part.Text("u-"),
                            new Part.Fact(Source.CONSUMER, ""),
                            new Part.Text("/"),
                            new Part.Fact(Source.QUERY, "t")))),
                URI.create("http://rl:8090"),
                Duration.ofMillis(300),
                false,
                430,
                "no"));
  }

  @Test
  void what_is_absent_has_its_documented_default() {
    LimitServiceConfig read =
        valid("{rateLimitKeys: ['{{route}}'], rateLimitService: {url: 'https://rl.example/x/'}}");

    assertThat(read.matches()).isEmpty();
    assertThat(read.service()).isEqualTo(URI.create("https://rl.example/x"));
    assertThat(read.timeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(read.failOpen()).isTrue();
    assertThat(read.rejectedCode()).isEqualTo(429);
    assertThat(read.rejectedMessage()).isNull();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        arguments("rateLimitKeys: ['{{request.body}}']", "{{request.body}}"),
        arguments("rateLimitKeys: ['{{request.path']", "\"{{request.path\""),
        arguments(
            "rateLimitKeys: ['{{request.headers.Authorization}}']",
            "the header authorization, which carries keys"),
        arguments(
            "rateLimitKeys: ['{{request.headers.x-mse-consumer}}']",
            "the header x-mse-consumer, which is taken out of what clients send"),
        arguments("rateLimitKeys: []", "0 templates"),
        arguments("rateLimitKeys: [a], matches: [{path: {exact: a, prefix: b}}]", "2 of exact"),
        arguments("rateLimitKeys: [a], matches: [{}]", "no condition"),
        arguments("rateLimitKeys: [a], matches: {path: {regex: '('}}", "Unclosed group"),
        arguments("rateLimitKeys: [a], failOpen: true", "an unknown key"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void each_fault_is_told(String keys, String found) {
    ConfigResult result = read("{" + keys + ", rateLimitService: {host: rl}}");

    assertThat(result).isInstanceOf(ConfigResult.Invalid.class);
    assertThat(((ConfigResult.Invalid) result).faults())
        .anySatisfy(fault -> assertThat(fault.found()).startsWith(found));
  }

  @Test
  void a_service_has_one_address() {
    for (String service :
        List.of("{}", "{url: 'ftp://a'}", "{url: 'http://a', port: 80}", "{host: 'a b'}")) {
      assertThat(read("{rateLimitKeys: [a], rateLimitService: " + service + "}"))
          .as(service)
          .isInstanceOf(ConfigResult.Invalid.class);
    }
  }

  private static ConfigResult read(String block) {
    return ConfigReader.read(ConfigText.with("/routes/0/llm-token-ratelimit", block), Map.of());
  }

  private static LimitServiceConfig valid(String block) {
    ConfigResult result = read(block);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config().routes().getFirst().limitService();
  }
}
