package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RequestRewritePropertyTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  @Property(tries = 2000)
  void every_byte_outside_of_the_replaced_values_stays(@ForAll long seed) {
    RandomRequest request = RandomRequest.of(new RandomJson(seed));

    Buffer rewritten = body(request).rewrite("NEW", true, null);

    assertThat(rewritten.toString()).isEqualTo(request.rewritten());
  }

  @Property(tries = 2000)
  void jackson_reads_the_same_tree_with_the_two_values_set(@ForAll long seed) throws Exception {
    RandomRequest request = RandomRequest.of(new RandomJson(seed));

    JsonNode rewritten =
        JSON.readTree(body(request).rewrite("the \"new\" 模型", true, null).getBytes());

    ObjectNode expected = (ObjectNode) JSON.readTree(request.original());
    expected.put("model", "the \"new\" 模型");
    JsonNode options = expected.path("stream_options");
    ObjectNode changed =
        options.isObject() ? (ObjectNode) options : expected.putObject("stream_options");
    changed.put("include_usage", true);
    assertThat(rewritten).isEqualTo(expected);
  }

  @Property(tries = 2000)
  void the_fields_read_as_jackson_reads_them(@ForAll long seed) throws Exception {
    RandomRequest request = RandomRequest.of(new RandomJson(seed));
    RequestBody body = body(request);

    JsonNode tree = JSON.readTree(request.original());
    assertThat(body.model()).isEqualTo(tree.path("model").textValue());
    assertThat(body.stream()).isEqualTo(tree.path("stream").asBoolean());
    JsonNode includeUsage = tree.path("stream_options").path("include_usage");
    assertThat(body.includeUsage())
        .isEqualTo(includeUsage.isBoolean() ? includeUsage.booleanValue() : null);
    String text = tree.path("prompt").asText("");
    long ascii = text.codePoints().filter(point -> point < 128).count();
    assertThat(body.prompt().asciiCharacters()).isEqualTo(ascii);
    assertThat(body.prompt().otherCharacters())
        .isEqualTo(text.codePointCount(0, text.length()) - ascii);
  }

  private static RequestBody body(RandomRequest request) {
    return (RequestBody) RequestBody.read(Buffer.buffer(request.original()));
  }
}
