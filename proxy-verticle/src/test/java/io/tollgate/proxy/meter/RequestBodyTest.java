package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestBodyTest {
  @Test
  void reads_the_fields_that_the_gateway_acts_on() {
    RequestBody body =
        readable(
            "{\"model\":\"gpt-4o\",\"stream\":true,\"stream_options\":{\"include_usage\":false},"
                + "\"max_tokens\":100,\"max_completion_tokens\":70,\"n\":3,\"temperature\":0.5}");

    assertThat(body.model()).isEqualTo("gpt-4o");
    assertThat(body.stream()).isTrue();
    assertThat(body.includeUsage()).isFalse();
    assertThat(body.mostOutputTokens(List.of("max_completion_tokens"))).isEqualTo(70);
    assertThat(body.mostOutputTokens(List.of("max_completion_tokens", "max_tokens")))
        .isEqualTo(100);
    assertThat(body.mostOutputTokens(List.of("max_output_tokens"))).isNull();
    assertThat(body.choices()).isEqualTo(3);
  }

  @Test
  void takes_absent_and_null_fields_as_not_said() {
    for (String json :
        new String[] {
          "{}",
          "{\"stream\":null,\"stream_options\":null,\"max_tokens\":null,\"n\":null}",
          "{\"stream_options\":{\"include_usage\":null}}"
        }) {
      RequestBody body = readable(json);

      assertThat(body.model()).isNull();
      assertThat(body.stream()).isFalse();
      assertThat(body.includeUsage()).isNull();
      assertThat(body.mostOutputTokens(List.of("max_tokens"))).isNull();
      assertThat(body.choices()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "[1]|body|an array|one JSON object",
        "\"x\"|body|a string|one JSON object",
        "{\"model\":\"m\"|body|broken JSON|one JSON object",
        "{\"model\":\"m\"} {}|body|an object after the object|one JSON object",
        "{\"model\":\"m\"}x|body|broken JSON|one JSON object",
        "{\"model\":null}|model|null|a string",
        "{\"model\":[\"m\"]}|model|an array|a string",
        "{\"model\":\"\"}|model|a string of 0 characters|1 to 256 characters",
        "{\"model\":\"m\",\"model\":\"m\"}|model|the field twice|the field once",
        "{\"mod\\u0065l\":\"m\",\"model\":\"m\"}|model|the field twice|the field once",
        "{\"stream\":\"true\"}|stream|a string|true, false or null",
        "{\"stream\":1}|stream|the number 1|true, false or null",
        "{\"stream_options\":true}|stream_options|the value true|an object or null",
        "{\"stream_options\":{\"include_usage\":1}}|stream_options.include_usage|the number 1|true, false",
        "{\"max_tokens\":\"5\"}|max_tokens|a string|an integer from 0",
        "{\"max_tokens\":1.5}|max_tokens|the number 1.5|an integer from 0",
        "{\"max_completion_tokens\":-1}|max_completion_tokens|the number -1|an integer from 0",
        "{\"max_output_tokens\":99999999999}|max_output_tokens|the number 99999999999|to 2147483647",
        "{\"n\":0}|n|the number 0|an integer from 1",
        "{\"n\":1,\"n\":1}|n|the field twice|the field once",
      })
  void refuses_a_faulty_body_and_names_field_find_and_remedy(
      String json, String field, String found, String allowed) {
    Malformed malformed = malformed(Buffer.buffer(json));

    assertThat(malformed.field()).isEqualTo(field);
    assertThat(malformed.found()).contains(found);
    assertThat(malformed.allowed()).contains(allowed);
    assertThat(malformed.message()).contains(field, found, allowed);
  }

  @Test
  void refuses_nothing_and_other_encodings() {
    assertThat(malformed(Buffer.buffer()).found()).isEqualTo("nothing");
    for (Charset charset :
        new Charset[] {
          StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16
        }) {
      Buffer bytes = Buffer.buffer("{\"model\":\"m\"}".getBytes(charset));

      assertThat(malformed(bytes).allowed()).isEqualTo("one JSON object in UTF-8");
    }
    Buffer broken = Buffer.buffer(new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'});
    assertThat(malformed(broken).field()).isEqualTo("body");
  }

  @Test
  void refuses_nesting_that_is_too_deep() {
    String deep = "{\"metadata\":" + "[".repeat(300) + "]".repeat(300) + "}";
    String fine = "{\"metadata\":" + "[".repeat(200) + "]".repeat(200) + "}";

    assertThat(malformed(Buffer.buffer(deep)).allowed()).contains("256");
    assertThat(readable(fine).model()).isNull();
  }

  @Test
  void measures_the_text_of_messages_but_not_their_attachments() {
    RequestBody body =
        readable(
            "{\"messages\":[{\"role\":\"system\",\"content\":\"ab\\n\\\"\"},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"你是\\u8c01\\ud83d\\ude00!\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]}]}");

    assertThat(body.prompt()).isEqualTo(new PromptSize(5, 4, 2, 0, 1));
  }

  @Test
  void measures_prompts_inputs_and_token_ids() {
    assertThat(readable("{\"prompt\":\"abc\"}").prompt().asciiCharacters()).isEqualTo(3);
    assertThat(readable("{\"input\":[\"ab\",\"cd\"]}").prompt().asciiCharacters()).isEqualTo(4);
    assertThat(readable("{\"input\":[[1,2],[3]]}").prompt().tokenIds()).isEqualTo(3);
    assertThat(readable("{\"prompt\":[7,8]}").prompt().tokenIds()).isEqualTo(2);
    assertThat(
            readable(
                    "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"xyz\"}]}]}")
                .prompt())
        .isEqualTo(new PromptSize(3, 0, 1, 0, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"model\":\"a\"}|{\"stream_options\":{\"include_usage\":true},\"model\":\"b\"}",
        "{}|{\"model\":\"b\",\"stream_options\":{\"include_usage\":true}}",
        "{ \"x\" : 1 }|{\"model\":\"b\",\"stream_options\":{\"include_usage\":true}, \"x\" : 1 }",
        "{\"stream_options\":null,\"model\" : \"a\" }|{\"stream_options\":{\"include_usage\":true},\"model\" : \"b\" }",
        "{\"model\":\"a\",\"stream_options\":{ }}|{\"model\":\"b\",\"stream_options\":{\"include_usage\":true }}",
        "{\"model\":\"a\",\"stream_options\":{ \"y\":2}}|{\"model\":\"b\",\"stream_options\":{\"include_usage\":true, \"y\":2}}",
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\": false ,\"y\":2}}|{\"model\":\"b\",\"stream_options\":{\"include_usage\": true ,\"y\":2}}",
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":null}}|{\"model\":\"b\",\"stream_options\":{\"include_usage\":true}}",
        "{\"model\":\"a\",\"stream_options\":{\"include_usage\":true}}|{\"model\":\"b\",\"stream_options\":{\"include_usage\":true}}",
      })
  void replaces_the_model_and_asks_for_usage(String json, String rewritten) {
    assertThat(readable(json).rewrite("b", true, null).toString()).isEqualTo(rewritten);
  }

  @Test
  void hands_back_the_same_bytes_when_nothing_changes() {
    RequestBody body = readable("{\"model\":\"a\",\"stream_options\":{\"include_usage\":true}}");

    assertThat(body.rewrite(null, false, null)).isSameAs(body.bytes());
    assertThat(body.rewrite("a", true, null)).isSameAs(body.bytes());
    assertThat(RequestBody.none().rewrite("b", true, null).length()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // Without a cap it gets the first of its protocol's.
        "{}|{\"a\":9}",
        "{ \"x\":1}|{\"a\":9, \"x\":1}",
        // Never raised, and left alone where it is less.
        "{\"a\":9}|{\"a\":9}",
        "{\"a\":3, \"b\":null}|{\"a\":3, \"b\":null}",
        "{\"b\":0}|{\"b\":0}",
        // Lowered where it stands, in all of its places.
        "{\"b\" : 10 }|{\"b\" : 9 }",
        "{\"a\":100,\"b\":50}|{\"a\":9,\"b\":9}",
        "{\"a\":100,\"b\":5}|{\"a\":9,\"b\":5}",
        "{\"b\":null}|{\"b\":9}",
        // Of another protocol, so the provider does not go by it.
        "{\"max_output_tokens\":1}|{\"a\":9,\"max_output_tokens\":1}"
      })
  void lowers_the_cap_on_the_output(String json, String rewritten) {
    RequestBody body = readable(named(json));
    OutputCap cap = new OutputCap(9, List.of("max_tokens", "max_completion_tokens"));

    assertThat(body.rewrite(null, false, cap).toString()).isEqualTo(named(rewritten));
    assertThat(body.exceeds(cap)).isEqualTo(!json.equals(rewritten));
  }

  private static String named(String json) {
    return json.replace("\"a\"", "\"max_tokens\"").replace("\"b\"", "\"max_completion_tokens\"");
  }

  @Test
  void changes_all_that_is_to_be_changed_at_once() {
    RequestBody body = readable("{\"max_tokens\":5000,\"model\":\"a\",\"stream\":true}");

    assertThat(
            body.rewrite(
                    "b", true, new OutputCap(9, List.of("max_completion_tokens", "max_tokens")))
                .toString())
        .isEqualTo(
            "{\"stream_options\":{\"include_usage\":true},\"max_tokens\":9,\"model\":\"b\","
                + "\"stream\":true}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"n\":3}|3",
        "{\"n\":2,\"best_of\":5}|5",
        "{\"n\":4,\"best_of\":null}|4",
        "{\"prompt\":\"one\"}|1",
        "{\"prompt\":[\"one\",\"two\"],\"n\":3}|6",
        "{\"prompt\":[1,2,3]}|1",
        "{\"prompt\":[[1,2,3],[4]]}|2",
        "{\"prompt\":[]}|1",
        "{\"input\":[\"one\",\"two\"]}|1"
      })
  void counts_the_texts_that_the_model_is_to_write(String json, int texts) {
    assertThat(readable(json).choices()).isEqualTo(texts);
  }

  @Test
  void quotes_a_model_that_needs_it() {
    RequestBody body = readable("{\"model\":\"a\"}");

    assertThat(body.rewrite("x\"\\\n模", false, null).toString())
        .isEqualTo("{\"model\":\"x\\\"\\\\\\n模\"}");
  }

  @Test
  void keeps_a_byte_order_mark_in_its_place() {
    RequestBody body = readable("\ufeff{\"model\":\"a\"}");

    assertThat(body.rewrite("b", false, null).toString()).isEqualTo("\ufeff{\"model\":\"b\"}");
  }

  private static RequestBody readable(String json) {
    RequestReading reading = RequestBody.read(Buffer.buffer(json));
    assertThat(reading).isInstanceOf(RequestBody.class);
    return (RequestBody) reading;
  }

  private static Malformed malformed(Buffer json) {
    RequestReading reading = RequestBody.read(json);
    assertThat(reading).isInstanceOf(Malformed.class);
    return (Malformed) reading;
  }
}
