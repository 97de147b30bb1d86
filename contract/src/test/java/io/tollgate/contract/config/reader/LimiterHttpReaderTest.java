package io.tollgate.contract.config.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.LimiterHttp;
import io.tollgate.contract.config.Listen;
import io.tollgate.contract.config.StoreConfig;
import io.tollgate.contract.tokens.Count;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where the rules of the limiter's own port may stand, and what may be wrong with them. */
class LimiterHttpReaderTest {
  private static final String JSON =
      "[{\"rate_limit_key_regex\":\"regular-user.*\",\"fill_interval_second\":60,"
          + "\"tokens_per_fill\":50,\"max_tokens\":100,\"redis_expired_seconds\":100}]";
  private static final LimiterHttp.Rule RULE =
      new LimiterHttp.Rule("regular-user.*", 60, 50, 100, 100);

  @Test
  void the_environment_alone_opens_no_port() {
    assertThat(valid(ConfigReader.read(ConfigText.tree(ConfigText.VALID), environment(JSON))))
        .isNull();
  }

  @Test
  void rules_are_taken_from_the_environment() {
    assertThat(valid(read("{}", JSON)))
        .isEqualTo(
            new LimiterHttp(
                new Listen("127.0.0.1", 8090), List.of(RULE), Count.OUTPUT, StoreConfig.NODE));
  }

  @Test
  void rules_are_a_list_or_json_in_the_file() {
    String list =
        "{host: 0.0.0.0, port: 0, count: total, rate_limit_config: [{rate_limit_key_regex:"
            + " 'regular-user.*', fill_interval_second: 60, tokens_per_fill: 50, max_tokens: 100,"
            + " redis_expired_seconds: 100}]}";

    assertThat(valid(read(list, "")))
        .isEqualTo(
            new LimiterHttp(
                new Listen("0.0.0.0", 0), List.of(RULE), Count.TOTAL, StoreConfig.NODE));
    assertThat(valid(read("{rate_limit_config: '" + JSON + "'}", "")).rules())
        .containsExactly(RULE);
    assertThat(valid(read("{rate_limit_config: '${RATE_LIMIT_CONFIG}'}", JSON)).rules())
        .containsExactly(RULE);
  }

  @Test
  void where_both_say_something_the_file_is_taken_and_a_warning_says_so() {
    ConfigResult result = read("{rate_limit_config: '" + JSON + "'}", JSON.replace("50", "70"));

    assertThat(valid(result).rules()).containsExactly(RULE);
    assertThat(((ConfigResult.Valid) result).warnings())
        .containsExactly(
            "limiter_http: rate_limit_config is taken, and RATE_LIMIT_CONFIG of the environment"
                + " is not");
  }

  @Test
  void faults_have_the_texts_of_asms_example() {
    assertThat(faults(read("{}", ""))).containsExactly("RATE_LIMIT_CONFIG is not set");
    assertThat(faults(read("{}", "[{]")).getFirst())
        .startsWith("unmarshal failed, invalid RATE_LIMIT_CONFIG: line 1, column 3: ");
    assertThat(faults(read("{}", "{}")))
        .containsExactly("unmarshal failed, invalid RATE_LIMIT_CONFIG: not a list");
    assertThat(faults(read("{}", JSON + "x")).getFirst())
        .startsWith("unmarshal failed, invalid RATE_LIMIT_CONFIG: ");
    assertThat(faults(read("{}", JSON.replace("user.*", "(user"))))
        .containsExactly("invalid rate_limit_key_regex: Unclosed group in \"regular-(user\"");
    assertThat(faults(read("{}", JSON.replace("user.*", "(?=user)"))).getFirst())
        .startsWith("invalid rate_limit_key_regex: look-ahead");
  }

  @Test
  void numbers_are_positive_and_every_field_is_there() {
    ConfigResult.Invalid result =
        (ConfigResult.Invalid)
            read(
                "{}",
                "[{\"rate_limit_key_regex\":\"a\",\"fill_interval_second\":0,"
                    + "\"tokens_per_fill\":-1,\"max_tokens\":\"5\"}]");

    assertThat(result.faults())
        .extracting(Object::toString)
        .containsExactly(
            "RATE_LIMIT_CONFIG[0].fill_interval_second: found 0; allowed: a whole number from 1"
                + " to 1000000000",
            "RATE_LIMIT_CONFIG[0].tokens_per_fill: found -1; allowed: a whole number from 1 to"
                + " 1125899906842624",
            "RATE_LIMIT_CONFIG[0].max_tokens: found \"5\"; allowed: a whole number from 1 to"
                + " 1125899906842624, without quotes",
            "RATE_LIMIT_CONFIG[0].redis_expired_seconds: found nothing; allowed: a whole number"
                + " from 1 to 1000000000");
  }

  @Test
  void the_port_is_its_own() {
    assertThat(((ConfigResult.Invalid) read("{port: 8001}", JSON)).faults())
        .extracting(Object::toString)
        .containsExactly(
            "limiter_http.port: found 8001, which is admin.port; allowed: a port of its own");
  }

  private static ConfigResult read(String section, String variable) {
    return ConfigReader.read(ConfigText.with("/limiter_http", section), environment(variable));
  }

  private static Map<String, String> environment(String variable) {
    return Map.of("RATE_LIMIT_CONFIG", variable);
  }

  private static LimiterHttp valid(ConfigResult result) {
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config().limiterHttp();
  }

  private static List<String> faults(ConfigResult result) {
    return ((ConfigResult.Invalid) result).faults().stream().map(each -> each.found()).toList();
  }
}
