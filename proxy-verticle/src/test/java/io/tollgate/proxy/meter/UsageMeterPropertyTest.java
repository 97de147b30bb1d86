package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class UsageMeterPropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Property(tries = 2000)
  void finds_in_random_documents_what_jackson_finds(@ForAll long seed) throws Exception {
    RandomJson random = new RandomJson(seed);
    String document = randomAnswer(random);
    Buffer bytes = Buffer.buffer(document);
    UsageMeter meter = Meters.meter();
    for (int from = 0; from < bytes.length(); ) {
      int to = Math.min(bytes.length(), from + 1 + random.upTo(40));
      meter.accept(bytes.getBuffer(from, to));
      from = to;
    }

    JsonNode tree = JSON.readTree(document);
    assertThat(meter.end().usage().promptTokens())
        .isEqualTo(tree.at("/usage/prompt_tokens").longValue());
    assertThat(meter.end().usage().completionTokens())
        .isEqualTo(tree.at("/usage/completion_tokens").longValue());
    assertThat(meter.end().finishReason())
        .isEqualTo(tree.at("/choices/0/finish_reason").textValue());
    assertThat(meter.end().complete()).isTrue();
    String text = tree.at("/choices/0/message/content").textValue();
    long ascii = text.codePoints().filter(point -> point < 128).count();
    assertThat(meter.reader().text().ascii()).isEqualTo(ascii);
    assertThat(meter.reader().text().other())
        .isEqualTo(text.codePointCount(0, text.length()) - ascii);
  }

  private static String randomAnswer(RandomJson random) {
    List<String> usage = unknown(random);
    usage.add(random.member("\"prompt_tokens\"", "" + random.upTo(100_000)));
    usage.add(random.member("\"completion_tokens\"", "" + random.upTo(100_000)));
    List<String> message = unknown(random);
    message.add(random.member("\"content\"", random.string()));
    List<String> choice = unknown(random);
    choice.add(random.member("\"finish_reason\"", "\"stop\""));
    choice.add(random.member("\"message\"", random.object(message)));
    List<String> answer = unknown(random);
    answer.add(random.member("\"usage\"", random.object(usage)));
    answer.add(random.member("\"choices\"", "[" + random.object(choice) + "]"));
    return random.space() + random.object(answer) + random.space();
  }

  private static List<String> unknown(RandomJson random) {
    List<String> members = new ArrayList<>();
    for (int i = random.upTo(4); i > 0; i--) {
      members.add(random.member("\"x" + i + "\"", random.value(4)));
    }
    return members;
  }
}
