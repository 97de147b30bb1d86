package io.tollgate.proxy.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDecoderTest {
  private static final String TEXT = "{\"text\":\"%s\"}".formatted("0123456789".repeat(20));

  @ParameterizedTest
  @EnumSource
  void knows_where_a_body_ends(Encoded encoded) {
    byte[] bytes = encoded.encode(Buffer.buffer(TEXT).getBytes());
    for (int length = 1; length < bytes.length; length++) {
      Decoded decoded = decode(encoded.header(), Arrays.copyOf(bytes, length));
      boolean mayEnd =
          encoded == Encoded.PLAIN
              // Between two members nobody can know that another one will come.
              || (encoded == Encoded.GZIP_IN_MEMBERS && isSumOfMembers(length));
      assertThat(decoded.ended).as("%d of %d", length, bytes.length).isEqualTo(mayEnd);
      assertThat(decoded.fault).isNull();
      assertThat(TEXT).startsWith(decoded.text);
    }
    Decoded whole = decode(encoded.header(), bytes);
    assertThat(whole.ended).isTrue();
    assertThat(whole.text).isEqualTo(TEXT);
  }

  private static boolean isSumOfMembers(int length) {
    byte[] half = Buffer.buffer(TEXT.substring(0, TEXT.length() / 2)).getBytes();
    int first = Encoded.GZIP.encode(half).length;
    return length == first || length == first + 20;
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PLAIN", "BROTLI"})
  void ignores_what_follows_a_body(Encoded encoded) {
    Buffer bytes = encoded.of(TEXT).appendBytes(new byte[100]);

    Decoded decoded = decode(encoded.header(), bytes.getBytes());

    assertThat(decoded.fault).isNull();
    assertThat(decoded.ended).isTrue();
    assertThat(decoded.text).isEqualTo(TEXT);
  }

  @Test
  void gives_all_of_a_body_before_the_fault_that_follows_it() {
    Decoded decoded = decode("br", Encoded.BROTLI.of(TEXT).appendString("more").getBytes());

    assertThat(decoded.text).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLAIN")
  void says_that_bytes_are_not_what_they_should_be(Encoded encoded) {
    Decoded decoded = decode(encoded.header(), Buffer.buffer("<html>no, never\n").getBytes());

    assertThat(decoded.fault).isNotNull();
    assertThat(decoded.ended).isFalse();
    assertThat(decoded.text).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void never_throws_whatever_byte_is_damaged(Encoded encoded) {
    byte[] bytes = encoded.encode(Buffer.buffer(TEXT).getBytes());
    for (int place = 0; place < bytes.length; place++) {
      byte[] damaged = bytes.clone();
      damaged[place] ^= 0x55;
      Decoded decoded = decode(encoded.header(), damaged);
      assertThat(decoded.ended && decoded.fault != null).isFalse();
    }
  }

  @Test
  void checks_the_sum_and_the_length_of_gzip() {
    byte[] bytes = Encoded.GZIP.encode(Buffer.buffer(TEXT).getBytes());
    for (int place = bytes.length - 8; place < bytes.length; place++) {
      byte[] damaged = bytes.clone();
      damaged[place]++;
      assertThat(decode("gzip", damaged).fault).contains("checksum");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "gzip, br", "br, gzip", "deflate, gzip"})
  void stops_at_a_body_that_expands_out_of_proportion(String encoding) {
    byte[] bomb = new byte[16 * 1024 * 1024];
    for (String name : encoding.split(", ")) {
      bomb = encoded(name).encode(bomb);
    }

    Decoded decoded = decode(encoding, bomb);

    assertThat(decoded.fault).contains("expands");
    assertThat(decoded.length)
        .isLessThanOrEqualTo(Budget.FREE_BYTES + Budget.MAX_RATIO * bomb.length);
  }

  @Test
  void lets_a_repetitive_stream_of_events_expand() {
    String event =
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%d\"}}]}\n\n";
    StringBuilder stream = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      stream.append(event.formatted(i));
    }

    assertThat(decode("gzip", Encoded.GZIP.of(stream.toString()).getBytes()).text)
        .isEqualTo(stream.toString());
  }

  @Test
  void takes_encodings_from_one_header_or_several() {
    assertThat(encoding("gzip, br")).isEqualTo(encoding("gzip", "br"));
    assertThat(encoding(" GZIP ,identity,, br ").names()).containsExactly("GZIP", "br");
    assertThat(encoding().isPlain()).isTrue();
    assertThat(encoding("identity").isPlain()).isTrue();
    assertThat(encoding("gzip").canBeUndone()).isTrue();
    assertThat(encoding("gzip", "zstd").canBeUndone()).isFalse();
    assertThat(encoding("gzip, gzip, gzip, gzip").canBeUndone()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP;q=0.5", "br, gzip ; q=1", "*", "*;q=0.1, br;q=0"})
  void a_client_that_says_so_can_undo_an_encoding(String accepted) {
    assertThat(encoding("gzip").isAcceptedBy(accepting(accepted))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "*, gzip;q=0"})
  void another_client_can_not(String accepted) {
    assertThat(encoding("gzip").isAcceptedBy(accepting(accepted))).isFalse();
  }

  @Test
  void a_client_that_says_nothing_can_undo_nothing() {
    assertThat(encoding("gzip").isAcceptedBy(MultiMap.caseInsensitiveMultiMap())).isFalse();
    assertThat(encoding("gzip, br").isAcceptedBy(accepting("gzip"))).isFalse();
  }

  private static MultiMap accepting(String value) {
    return MultiMap.caseInsensitiveMultiMap().add("accept-encoding", value);
  }

  private static ContentEncoding encoding(String... headers) {
    MultiMap answer = MultiMap.caseInsensitiveMultiMap();
    List.of(headers).forEach(header -> answer.add("content-encoding", header));
    return ContentEncoding.of(answer);
  }

  private static Encoded encoded(String name) {
    return switch (name) {
      case "gzip" -> Encoded.GZIP;
      case "deflate" -> Encoded.ZLIB;
      default -> Encoded.BROTLI;
    };
  }

  private static final class Decoded {
    private String text = "";
    private long length;
    private String fault;
    private boolean ended;
  }

  private static Decoded decode(String encoding, byte[] bytes) {
    Decoded decoded = new Decoded();
    Buffer plain = Buffer.buffer();
    try (BodyDecoder decoder =
        new BodyDecoder(
            encoding.isEmpty() ? ContentEncoding.PLAIN : encoding(encoding), plain::appendBuffer)) {
      decoder.decode(Buffer.buffer(bytes));
      decoded.fault = decoder.fault();
      decoded.ended = decoder.ended();
    }
    decoded.length = plain.length();
    decoded.text = plain.toString();
    return decoded;
  }
}
