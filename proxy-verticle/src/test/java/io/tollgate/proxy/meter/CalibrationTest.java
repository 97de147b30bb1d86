package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Models whose vocabulary the gateway does not have. Other vocabularies than the one that it counts
 * with stand for theirs.
 */
class CalibrationTest {
  private static final int LESSONS = 10;
  private static final int ANSWERS = 60;
  private static final double CLOSE = 0.05;
  private static final List<String> SENTENCES =
      List.of(
          "A rate limit says how fast somebody may spend, and a quota says how much. ",
          "The window begins with the first request, so nobody is refused because of the clock. ",
          "If the store is away for thirty seconds, what was used in the meantime is not lost. ",
          "She asked whether tomorrow's weather would be good enough for a long walk by the sea. ",
          "网关会统计每一次请求所使用的令牌数量，并在月底生成账单。",
          "如果您在回答结束之前断开连接，系统会根据已经生成的文本来估算费用。",
          "今天的天气很好，我们打算去公园散步，然后在附近的餐馆吃晚饭。",
          "レート制限は、一定の時間に使えるトークンの数を決めるものです。",
          "토큰의 수는 언어와 모델에 따라 달라집니다. ",
          "for (int i = 0; i < items.size(); i++) { total += items.get(i).price(); }\n",
          "{\"id\": 42, \"name\": \"example\", \"tags\": [\"a\", \"b\"], \"ratio\": 0.125}\n",
          "Лимит показывает, сколько токенов можно потратить за минуту. ");

  private final Estimator estimator = new Estimator();
  private final Random random = new Random(7);

  @ParameterizedTest
  @EnumSource(names = {"CL100K_BASE", "O200K_BASE"})
  void comes_near_the_truth_after_a_few_exact_answers(EncodingType truth) {
    Encoding encoding = Vocabularies.of(truth);
    double before = sumError(answers(encoding, ANSWERS));
    answers(encoding, LESSONS).forEach(answer -> answer.exact(encoding));
    List<Answer> broken = answers(encoding, ANSWERS);

    double[] errors = broken.stream().mapToDouble(Answer::error).map(Math::abs).sorted().toArray();
    double after = sumError(broken);
    System.out.printf(
        "%s for an unknown model: before %+.3f, after %d exact answers %+.4f in sum; of each:"
            + " median %.3f, 9 of 10 below %.3f, worst %.3f; by characters alone %+.3f in sum%n",
        truth,
        before,
        LESSONS,
        after,
        errors[ANSWERS / 2],
        errors[ANSWERS * 9 / 10],
        errors[ANSWERS - 1],
        roughError(broken));
    assertThat(Math.abs(after)).isLessThan(CLOSE);
  }

  private List<Answer> answers(Encoding truth, int count) {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(new Answer(text(), text(), truth));
    }
    return answers;
  }

  /** Of one language mostly, as answers are. */
  private String text() {
    int language = random.nextInt(SENTENCES.size());
    StringBuilder text = new StringBuilder();
    int sentences = 1 + random.nextInt(8);
    for (int i = 0; i < sentences; i++) {
      int next = random.nextInt(4) == 0 ? random.nextInt(SENTENCES.size()) : language;
      text.append(SENTENCES.get(next));
    }
    return text.toString();
  }

  private static double sumError(List<Answer> answers) {
    long made = answers.stream().mapToLong(answer -> answer.made).sum();
    long counted = answers.stream().mapToLong(Answer::counted).sum();
    return (counted - made) / (double) made;
  }

  private static double roughError(List<Answer> answers) {
    long made = answers.stream().mapToLong(answer -> answer.made).sum();
    long rough =
        answers.stream().mapToLong(answer -> answer.meter.end().usage().billableTokens()).sum();
    return (rough - made) / (double) made;
  }

  /** One answer to one prompt, and what it cost in truth: ChatML's framing and the text. */
  private final class Answer {
    private final UsageMeter meter;
    private final String text;
    private final long promptTokens;
    private final long made;

    Answer(String prompt, String text, Encoding truth) {
      String body =
          "{\"model\":\"unknown\",\"messages\":[{\"role\":\"user\",\"content\":"
              + json(prompt)
              + "}]}";
      RequestBody request = (RequestBody) RequestBody.read(Buffer.buffer(body));
      this.meter =
          estimator.forecast("ann", "unknown", Workload.GENERATION, request, List.of()).meter();
      this.text = text;
      this.promptTokens = truth.countTokensOrdinary(prompt) + 5 + 3;
      this.made = promptTokens + truth.countTokensOrdinary(text);
      for (String delta : text.split("(?<= )|(?=[，。])")) {
        meter.accept(
            Buffer.buffer(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                    + json(delta)
                    + "}}]}\n\n"));
      }
    }

    void exact(Encoding truth) {
      meter.accept(
          Buffer.buffer(
              "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}\n\ndata: [DONE]\n\n"
                  .formatted(promptTokens, truth.countTokensOrdinary(text))));
      assertThat(meter.end().estimated()).isFalse();
    }

    long counted() {
      return meter.count().result().usage().billableTokens();
    }

    double error() {
      return (counted() - made) / (double) made;
    }
  }

  private static String json(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
