package io.tollgate.contract.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.tokens.TokenUsage;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes between nodes of one release: a change here breaks a rolling upgrade. */
class WireFormatTest {
  private static final LimitKey KEY =
      new LimitKey(
          "rule", LimitType.LIMIT_BY_PER_HEADER, "60", "x-api-key", FactValue.hashOf("secret"));

  @Test
  void a_usage_event_survives_the_wire() {
    assertSurvives(
        UsageEvent.class,
        new UsageEvent(
            "id",
            1,
            "route",
            null,
            "model",
            "provider",
            new TokenUsage(3L, null, null, 1L, null, 2L, null, 0L),
            true,
            Outcome.CLIENT_GONE,
            List.of(new LimitHold("node", KEY, LimitTerms.fixed(100, 60), "17", 5)),
            List.of(new QuotaHold("node", "chat_quota:me", 5))));
  }

  @Test
  void an_admission_survives_the_wire() {
    assertSurvives(
        Admission.Admitted.class,
        new Admission.Admitted(
            List.of(
                new HeldLimit(
                    new LimitHold("node", KEY, LimitTerms.fixed(100, 60), "17", 5),
                    new Admission.Standing(100, 95, 60_000),
                    true,
                    100L),
                new HeldLimit(new LimitHold("node", KEY, LimitTerms.fixed(100, 60), "", 0), null)),
            List.of("rule/limit_by_per_ip:from-remote-addr/60s")));
    assertSurvives(
        Admission.Throttled.class,
        new Admission.Throttled(
            "rule", Admission.Cause.SPENT, "tokens", 5, 6, 0, 100, 429, null, null));
    assertSurvives(
        Admission.Throttled.class,
        new Admission.Throttled(
            "rule", Admission.Cause.SPENT, "tokens", 5, 6, 0, 100, 429, null, 2L));
    assertSurvives(Acknowledged.class, Acknowledged.YES);
  }

  @Test
  void the_bytes_are_plain_json_behind_their_length() {
    Buffer wire = Buffer.buffer();
    new RecordCodec<>(AuthRequest.class)
        .encodeToWire(wire, new AuthRequest("aliyun", 0, List.of("00ff")));

    String json = "{\"route\":\"aliyun\",\"version\":0,\"keyHashes\":[\"00ff\"]}";
    assertThat(wire).isEqualTo(Buffer.buffer().appendInt(json.length()).appendString(json));
  }

  @Test
  void fields_of_a_newer_release_are_ignored() {
    Object read = decode(AuthRequest.class, "{\"route\":\"a\",\"keyHashes\":[],\"new\":{\"x\":1}}");

    assertThat(read).isEqualTo(new AuthRequest("a", 0, List.of()));
  }

  @Test
  void bad_bytes_are_an_answer_and_never_thrown() {
    assertThat(decode(AuthRequest.class, "{\"route\":")).isInstanceOf(ReplyException.class);
    assertThat(decode(AuthRequest.class, "{\"route\":\"a\"}")).isInstanceOf(ReplyException.class);
    assertThat(new RecordCodec<>(AuthRequest.class).decodeFromWire(0, Buffer.buffer("x")))
        .isInstanceOf(ReplyException.class);
  }

  private static <T extends Record> void assertSurvives(Class<T> type, T value) {
    RecordCodec<T> codec = new RecordCodec<>(type);
    Buffer wire = Buffer.buffer("before");
    codec.encodeToWire(wire, value);

    assertThat(codec.decodeFromWire("before".length(), wire)).isEqualTo(value);
  }

  private static Object decode(Class<? extends Record> type, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new RecordCodec<>(type)
        .decodeFromWire(0, Buffer.buffer().appendInt(bytes.length).appendBytes(bytes));
  }
}
