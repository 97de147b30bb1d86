package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.knuddels.jtokkit.api.EncodingType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The text of an answer comes out as it went in, however it was cut and mixed. */
class AnswerTextPropertyTest {
  private static final List<String> WORDS =
      List.of(
          "the",
          "gateway",
          "counts",
          "每一次",
          "请求",
          "，",
          "。",
          "\n",
          "\"",
          "\\",
          "🙂",
          "👩‍💻",
          "é",
          "トークン",
          "요청",
          "{\"a\":1}",
          "  ",
          "3.14",
          "it's",
          "don't",
          "привет");

  @Property(tries = 200)
  void gives_back_each_choice_whole(
      @ForAll("texts") List<String> texts,
      @ForAll @IntRange(min = 1, max = 7) int pieceSize,
      @ForAll boolean indexLast) {
    List<KeptText> taken = new ArrayList<>();
    AnswerText[] answer = new AnswerText[1];
    answer[0] = new AnswerText(() -> taken.add(answer[0].takeWords()));
    List<byte[]> raw = texts.stream().map(AnswerTextPropertyTest::json).toList();
    for (int from = 0; from < longest(raw); from += pieceSize) {
      for (int choice = 0; choice < raw.size(); choice++) {
        byte[] bytes = raw.get(choice);
        int to = Math.min(bytes.length, from + pieceSize);
        answer[0].choiceBegins();
        if (!indexLast) {
          answer[0].choiceIs(choice);
        }
        if (from < to) {
          answer[0].piece(AnswerField.TEXT, bytes, from, to);
        }
        if (indexLast) {
          answer[0].choiceIs(choice);
        }
      }
    }
    taken.add(answer[0].take());

    if (taken.size() == 1) {
      List<String> written = texts.stream().filter(text -> !text.isEmpty()).toList();
      assertThat(taken.getFirst().texts()).containsExactlyInAnyOrderElementsOf(written);
    }
  }

  @Property(tries = 100)
  void keeps_reasoning_apart_from_the_answer(
      @ForAll("texts") List<String> reasoning, @ForAll("texts") List<String> content) {
    AnswerText answer = new AnswerText(() -> {});
    for (int i = 0; i < Math.max(reasoning.size(), content.size()); i++) {
      answer.choiceBegins();
      piece(answer, AnswerField.REASONING_TEXT, reasoning, i);
      piece(answer, AnswerField.TEXT, content, i);
      answer.choiceIs(3);
    }

    Map<String, Integer> expected = new LinkedHashMap<>();
    for (String text : List.of(String.join("", reasoning), String.join("", content))) {
      if (!text.isEmpty()) {
        expected.merge(text, 1, Integer::sum);
      }
    }
    assertThat(answer.take().texts()).hasSize(expected.values().stream().mapToInt(n -> n).sum());
  }

  /** Of words with spaces and sentences with stops, as both are found in any longer text. */
  @Property(tries = 30)
  void has_as_many_tokens_in_parts_as_in_whole(@ForAll long seed, @ForAll boolean newest) {
    EncodingType type = newest ? EncodingType.O200K_BASE : EncodingType.CL100K_BASE;
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    while (text.length() < 3 * AnswerText.MAX_KEPT_BYTES) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      text.append(random.nextInt(3) == 0 ? " and so on" : "");
    }
    List<KeptText> taken = new ArrayList<>();
    AnswerText[] answer = new AnswerText[1];
    answer[0] = new AnswerText(() -> taken.add(answer[0].takeWords()));
    byte[] bytes = json(text.toString());
    for (int from = 0; from < bytes.length; from += 5) {
      answer[0].piece(AnswerField.TEXT, bytes, from, Math.min(bytes.length, from + 5));
    }
    taken.add(answer[0].take());

    List<String> parts = taken.stream().flatMap(part -> part.texts().stream()).toList();
    assertThat(parts).hasSizeGreaterThan(2);
    assertThat(String.join("", parts)).isEqualTo(text.toString());
    int inParts = parts.stream().mapToInt(Vocabularies.of(type)::countTokensOrdinary).sum();
    assertThat(inParts).isEqualTo(Vocabularies.of(type).countTokensOrdinary(text.toString()));
  }

  @Property(tries = 200)
  void leaves_out_what_is_cut_within_a_character(
      @ForAll("text") String text, @ForAll @IntRange(max = 400) int length) {
    byte[] bytes = json(text);
    int to = Math.min(length, bytes.length);
    AnswerText answer = new AnswerText(() -> {});
    if (to > 0) {
      answer.piece(AnswerField.TEXT, bytes, 0, to);
    }
    List<String> kept = answer.take().texts();

    assertThat(text).startsWith(kept.isEmpty() ? "" : kept.getFirst());
  }

  @Provide
  Arbitrary<String> text() {
    return Arbitraries.of(WORDS).list().ofMaxSize(40).map(words -> String.join("", words));
  }

  @Provide
  Arbitrary<List<String>> texts() {
    return text().list().ofMinSize(1).ofMaxSize(4);
  }

  private static void piece(AnswerText answer, AnswerField field, List<String> texts, int i) {
    byte[] bytes = json(i < texts.size() ? texts.get(i) : "");
    answer.piece(field, bytes, 0, bytes.length);
    answer.endString();
  }

  private static int longest(List<byte[]> texts) {
    return texts.stream().mapToInt(bytes -> bytes.length).max().orElse(0);
  }

  private static byte[] json(String text) {
    String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(text));
    return quoted.getBytes(StandardCharsets.UTF_8);
  }
}
