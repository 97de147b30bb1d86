package io.tollgate.contract.config.reader;

import static java.time.DayOfWeek.FRIDAY;
import static java.time.DayOfWeek.MONDAY;
import static java.time.DayOfWeek.SATURDAY;
import static java.time.DayOfWeek.SUNDAY;
import static java.time.DayOfWeek.WEDNESDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LoadScaling;
import io.tollgate.contract.config.LoadScaling.Ramp;
import io.tollgate.contract.config.ScheduleSlot;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.Webhook;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code schedule}, {@code load} and {@code alerts}: what they say, and each misuse. */
class SignalsConfigTest {
  private static final String BLOCK = "/routes/0/ai-token-ratelimit";
  private static final String KEY = BLOCK + "/rule_items/0/limit_keys/0";
  private static final String SCHEDULE =
      "routes[0].ai-token-ratelimit.rule_items[0].limit_keys[0].schedule";
  private static final String LOAD = "routes[0].ai-token-ratelimit.load";
  private static final String TIME = "a time of day such as \"09:00\", in quotes";
  private static final String ZONE = "an IANA time zone, such as Europe/Berlin or UTC";
  private static final String DAYS =
      "mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri";

  @Test
  void slots_have_days_hours_a_zone_and_numbers() {
    List<ScheduleSlot> slots =
        schedule(
            "[{days: [mon-wed, sun], from: '09:00', to: '18:30', time_zone: Europe/Berlin,"
                + " token_per_minute: 50},"
                + " {days: [fri-mon], from: '22:00', to: '24:00', scale: 0.5},"
                + " {scale: 2}]");

    assertThat(slots)
        .containsExactly(
            new ScheduleSlot(
                EnumSet.of(MONDAY, DayOfWeek.TUESDAY, WEDNESDAY, SUNDAY),
                LocalTime.of(9, 0),
                LocalTime.of(18, 30),
                ZoneId.of("Europe/Berlin"),
                1,
                Map.of("60", 50L)),
            new ScheduleSlot(
                EnumSet.of(FRIDAY, SATURDAY, SUNDAY, MONDAY),
                LocalTime.of(22, 0),
                LocalTime.MIDNIGHT,
                ZoneId.of("UTC"),
                0.5,
                Map.of()),
            new ScheduleSlot(
                EnumSet.allOf(DayOfWeek.class),
                LocalTime.MIDNIGHT,
                LocalTime.MIDNIGHT,
                ZoneId.of("UTC"),
                2,
                Map.of()));
  }

  static Stream<Arguments> schedules() {
    return Stream.of(
        arguments("{}", ": found a section; allowed: a list of slots, each a section with"),
        arguments("[{}]", "[0]: found a slot that changes nothing; allowed: token_per_minute"),
        arguments("[{days: [], scale: 2}]", "[0].days: found an empty list; allowed: at least"),
        arguments(
            "[{days: [monday], scale: 2}]", "[0].days[0]: found \"monday\"; allowed: " + DAYS),
        arguments("[{days: [mon-], scale: 2}]", "[0].days[0]: found \"mon-\"; allowed: " + DAYS),
        arguments(
            "[{days: [mon-tue-wed], scale: 2}]", "[0].days[0]: found \"mon-tue-wed\"; allowed: "),
        arguments("[{from: '9:00', scale: 2}]", "[0].from: found \"9:00\"; allowed: " + TIME),
        arguments("[{from: '24:00', scale: 2}]", "[0].from: found \"24:00\"; allowed: " + TIME),
        arguments("[{from: 900, scale: 2}]", "[0].from: found 900 without quotes; allowed: "),
        arguments(
            "[{to: '25:00', scale: 2}]",
            "[0].to: found \"25:00\"; allowed: " + TIME + ", or \"24:00\""),
        arguments("[{from: '09:00', to: '09:00', scale: 2}]", "[0]: found from and to the same;"),
        arguments(
            "[{time_zone: Europe/Berln, scale: 2}]",
            "[0].time_zone: found \"Europe/Berln\"; allowed: "
                + ZONE
                + " (did you mean Europe/Berlin?)"),
        arguments("[{scale: 0}]", "[0].scale: found 0; allowed: a number from 0.001 to 1000"),
        arguments("[{scale: fast}]", "[0].scale: found \"fast\"; allowed: a number from 0.001"),
        arguments(
            "[{token_per_hour: 5}]",
            "[0].token_per_hour: found a window that the entry does not have; allowed:"
                + " token_per_minute or scale"),
        arguments(
            "[{concurrent_requests: 5}]",
            "[0].concurrent_requests: found a window that the entry does not have;"),
        arguments(
            "[{token_per_minute: 0}]",
            "[0].token_per_minute: found 0; allowed: a whole number from 1 to"),
        arguments("[{hours: 5, scale: 1}]", "[0].hours: found an unknown key; allowed: from, to"),
        arguments(
            "[{scale: 2}, {days: [mon], scale: 1}]",
            "[1]: found a slot after one that always holds;"));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void a_misuse_of_schedule_is_told(String yaml, String fault) {
    assertThat(faults(KEY + "/schedule", yaml)).anyMatch(line -> line.startsWith(SCHEDULE + fault));
  }

  @Test
  void load_names_a_provider_and_the_ranges_of_its_signals() {
    LimitBlock block =
        block(
            BLOCK + "/load",
            "{provider: aliyun, latency: {from: 2s, to: 10s}, error_rate: {from: 0.05, to: 0.5},"
                + " in_flight: {from: 50, to: 200}, floor: 0.2, hysteresis: 0.05}");

    assertThat(block.load())
        .isEqualTo(
            new LoadScaling(
                "aliyun",
                new Ramp(2000, 10_000),
                new Ramp(0.05, 0.5),
                new Ramp(50, 200),
                0.2,
                0.05));
  }

  @Test
  void a_signal_that_is_not_named_is_not_looked_at() {
    assertThat(block(BLOCK + "/load", "{provider: local, in_flight: {from: 0, to: 2}}").load())
        .isEqualTo(new LoadScaling("local", null, null, new Ramp(0, 2), 0.1, 0.1));
  }

  static Stream<Arguments> loads() {
    return Stream.of(
        arguments("3", ": found 3; allowed: a section with provider and latency, error_rate"),
        arguments(
            "{provider: aliyun}", ": found no signal of the provider's health; allowed: latency"),
        arguments(
            "{provider: aliyn, in_flight: {from: 1, to: 2}}",
            ".provider: found \"aliyn\"; allowed: the name of a provider: aliyun, local (did you"
                + " mean aliyun?)"),
        arguments("{in_flight: {from: 1, to: 2}}", ".provider: found nothing; allowed: the name"),
        arguments(
            "{provider: aliyun, in_flight: {from: 1}}",
            ".in_flight.to: found nothing; allowed: where the signal's range begins"),
        arguments(
            "{provider: aliyun, in_flight: {from: 2, to: 2}}",
            ".in_flight: found from 2 to 2; allowed: from where all is well"),
        arguments(
            "{provider: aliyun, latency: {from: 10s, to: 2s}}",
            ".latency: found from 10s to 2s; allowed: from where all is well"),
        arguments(
            "{provider: aliyun, latency: {from: 1, to: 2s}}",
            ".latency.from: found 1; allowed: a time from 0s to 1h"),
        arguments(
            "{provider: aliyun, error_rate: {from: 0.1, to: 5}}",
            ".error_rate.to: found 5; allowed: a number from 0 to 1"),
        arguments(
            "{provider: aliyun, in_flight: {from: 1, to: 2}, floor: 0}",
            ".floor: found 0; allowed: a number from 0.01 to 1"),
        arguments(
            "{provider: aliyun, in_flight: {from: 1, to: 2}, hysteresis: 0.9}",
            ".hysteresis: found 0.9; allowed: a number from 0 to 0.5"),
        arguments(
            "{provider: aliyun, inflight: {from: 1, to: 2}}",
            ".inflight: found an unknown key; allowed:"));
  }

  @ParameterizedTest
  @MethodSource("loads")
  void a_misuse_of_load_is_told(String yaml, String fault) {
    assertThat(faults(BLOCK + "/load", yaml)).anyMatch(line -> line.startsWith(LOAD + fault));
  }

  @Test
  void alert_levels_are_percentages_in_rising_order() {
    assertThat(block(BLOCK + "/alerts", "[100, 50, 80]").alerts()).containsExactly(50, 80, 100);
    assertThat(faults(BLOCK + "/alerts", "[50, 50, 0]"))
        .containsExactly(
            "routes[0].ai-token-ratelimit.alerts[1]: found 50 a second time; allowed: each"
                + " percentage once",
            "routes[0].ai-token-ratelimit.alerts[2]: found 0; allowed: a whole number from 1 to"
                + " 1000");
  }

  @Test
  void alerts_are_posted_to_a_webhook() {
    TollgateConfig config =
        ConfigText.valid(
            ConfigText.VALID
                + "alerts: {webhook: {url: 'https://hooks.example.com/a?b=c', secret: signs-all}}");

    assertThat(config.alerts())
        .isEqualTo(
            new Webhook(
                URI.create("https://hooks.example.com/a?b=c"),
                "signs-all",
                Duration.ofSeconds(5),
                5));
    assertThat(config.toString()).doesNotContain("signs-all", "b=c");
    assertThat(ConfigText.valid(ConfigText.VALID).alerts()).isNull();
  }

  static Stream<Arguments> webhooks() {
    String unusable = "alerts.webhook.url: found an address of %d characters that can't be used";
    return Stream.of(
        arguments("{}", "alerts.webhook.url: found nothing; allowed: an http:// or https://"),
        arguments("{url: 'ftp://example.com/hook'}", unusable.formatted(22)),
        arguments("{url: 'https://user:pass@example.com'}", unusable.formatted(29)),
        arguments("{url: 'https://example.com:99999/'}", unusable.formatted(26)),
        arguments("{url: 'https://exa mple.com'}", unusable.formatted(20)),
        arguments("{url: 'hooks.example.com'}", unusable.formatted(17)),
        arguments(
            "{url: 'http://a.b', attempts: 0}",
            "alerts.webhook.attempts: found 0; allowed: a whole number from 1 to 20"),
        arguments(
            "{url: 'http://a.b', timeout: 5}",
            "alerts.webhook.timeout: found 5; allowed: a time from 1ms to 1m"),
        arguments("{uri: 'http://a.b'}", "alerts.webhook.uri: found an unknown key"));
  }

  @ParameterizedTest
  @MethodSource("webhooks")
  void a_misuse_of_the_webhook_is_told_without_its_address(String yaml, String fault) {
    List<String> faults = faults("/alerts", "{webhook: " + yaml + "}");

    assertThat(faults).anyMatch(line -> line.startsWith(fault));
    assertThat(faults).noneMatch(line -> line.contains("example.com") || line.contains("pass"));
  }

  private static List<ScheduleSlot> schedule(String yaml) {
    return block(KEY + "/schedule", yaml)
        .items()
        .getFirst()
        .keys()
        .getFirst()
        .allowance()
        .schedule();
  }

  private static LimitBlock block(String pointer, String yaml) {
    JsonNode tree = ConfigText.with(pointer, yaml);
    assertThat(ConfigText.faults(tree, Map.of())).isEmpty();
    return ((ConfigResult.Valid) ConfigReader.read(tree, Map.of()))
        .config()
        .routes()
        .getFirst()
        .limits()
        .getFirst();
  }

  private static List<String> faults(String pointer, String yaml) {
    return ConfigText.faults(ConfigText.with(pointer, yaml), Map.of());
  }
}
