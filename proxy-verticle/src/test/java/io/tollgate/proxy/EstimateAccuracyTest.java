package io.tollgate.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.config.ClientDisconnect;
import io.tollgate.contract.config.DemoConfig;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.proxy.SimulatedProvider.Books;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is billed when no usage comes, against the books of the provider. */
class EstimateAccuracyTest {
  private static final int ANSWERS = 50;
  private static final double CLOSE = 0.05;
  private static final List<String> QUESTIONS =
      List.of(
          "who are you?",
          "Please explain in a few words how a rate limit differs from a quota, and why both matter.",
          "你是谁？请用一句话介绍你自己，并说明你能做什么。",
          "人工智能网关怎样统计每一次请求所使用的令牌数量？",
          "あなたは誰ですか。短く自己紹介をしてください。",
          "당신은 누구입니까? 간단히 소개해 주세요.",
          "Translate 你好，世界 into English and explain the grammar 👩‍💻 with one example 🙂.",
          "public static void main(String[] args) { System.out.println(1 + 1); }",
          "Объясните, пожалуйста, как работает ограничение скорости.");

  private final Random random = new Random(20_260);
  private SimulatedProvider provider;

  @BeforeEach
  void start() throws Exception {
    provider =
        SimulatedProvider.start(
            new DemoConfig(Duration.ZERO, Duration.ZERO), ClientDisconnect.CANCEL);
  }

  @AfterEach
  void close() throws Exception {
    provider.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "gpt-4"})
  void a_broken_stream_of_a_model_with_a_known_tokenizer_is_billed_as_made(String model)
      throws Exception {
    List<Books> all = new ArrayList<>();
    for (int i = 0; i < ANSWERS; i++) {
      all.add(provider.read(broken(model, i)));
    }

    print(model + ", streams that broke off", all);
    assertThat(all).allSatisfy(EstimateAccuracyTest::isClose);
  }

  @Test
  void a_whole_answer_without_usage_is_billed_as_made() throws Exception {
    List<Books> all = new ArrayList<>();
    for (int i = 0; i < ANSWERS; i++) {
      all.add(provider.read(provider.chat("gpt-4o", question(i), i % 2 == 0, null, "no-usage")));
    }

    print("gpt-4o, no usage", all);
    assertThat(all).allSatisfy(EstimateAccuracyTest::isClose);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "chat/completions|{'model':'gpt-4o','messages':[{'role':'system','content':'Be brief.'},"
            + "{'role':'user','name':'ann','content':[{'type':'text','text':'Who are you?'}]}],"
            + "'tools':[{'type':'function','function':{'name':'f','parameters':{'type':'object'}}}]}",
        "completions|{'model':'gpt-4o','prompt':'Once upon a time'}",
        "embeddings|{'model':'text-embedding-3-small','input':['one text','另一段文字']}",
        "responses|{'model':'gpt-4o','instructions':'Be brief.','input':'你是谁？'}",
        "responses|{'model':'gpt-4o','input':[{'role':'user','content':'Who are you?'}]}",
        "messages|{'model':'gpt-4o','max_tokens':99,'system':'Be brief.',"
            + "'messages':[{'role':'user','content':'Who are you?'}]}"
      })
  void every_kind_of_request_is_billed_as_made_when_no_usage_comes(String path, String body)
      throws Exception {
    Books books =
        provider.read(
            SimulatedProvider.ordered(
                provider.gateway.post("/v1/" + path, body.replace('\'', '"')), null, "no-usage"));

    assertThat(books.billed().estimated()).isTrue();
    assertThat(books.billed().usage().promptTokens()).isEqualTo(books.made().promptTokens());
    assertThat(books.billedTokens()).isEqualTo(books.madeTokens());
  }

  /** What is missing of it is told from its length, so this is the roughest of all. */
  @Test
  void a_document_that_breaks_off_is_billed_in_whole() throws Exception {
    for (int i = 0; i < 5; i++) {
      provider.read(provider.chat("gpt-4o", question(i), false, null, null));
    }
    List<Books> all = new ArrayList<>();
    for (int i = 0; i < ANSWERS; i++) {
      Integer tokens = i % 2 == 0 ? null : 20 + random.nextInt(400);
      all.add(provider.read(provider.chat("gpt-4o", question(i), false, tokens, "break-after=1")));
    }

    print("gpt-4o, documents that broke off", all);
    assertThat(Math.abs(sumError(all))).isLessThan(CLOSE);
  }

  @Test
  void a_model_without_a_known_tokenizer_is_billed_as_made_after_a_few_exact_answers()
      throws Exception {
    List<Books> before = List.of(provider.read(broken("qwen-max", 1)));
    for (int i = 0; i < 8; i++) {
      provider.read(provider.chat("qwen-max", question(i), i % 2 == 0, null, null));
    }
    List<Books> all = new ArrayList<>();
    for (int i = 0; i < ANSWERS; i++) {
      all.add(provider.read(broken("qwen-max", i)));
    }

    print("qwen-max, before anything was learned", before);
    print("qwen-max, streams that broke off", all);
    assertThat(Math.abs(sumError(all))).isLessThan(CLOSE);
  }

  @Test
  void an_answer_longer_than_what_is_kept_of_it_is_billed_as_made() throws Exception {
    Books books = provider.read(provider.chat("gpt-4o", question(1), true, 15_000, "no-usage"));

    print("gpt-4o, 15,000 tokens without usage", List.of(books));
    isClose(books);
  }

  @Test
  void a_provider_that_breaks_off_before_it_answers_costs_the_prompt() throws Exception {
    for (String fault : List.of("break-after=0", "stall-after=0")) {
      Books books = provider.read(provider.chat("gpt-4o", question(2), true, null, fault));

      assertThat(books.billed().estimated()).isTrue();
      assertThat(books.billedTokens()).isEqualTo(books.made().promptTokens()).isPositive();
    }
  }

  @Test
  void an_error_costs_nothing() throws Exception {
    provider.gateway.send(provider.chat("gpt-4o", question(2), true, null, "status=503"));

    assertThat(Gateway.first(provider.gateway.services.limiterSettled))
        .satisfies(
            billed -> {
              assertThat(billed.usage().billableTokens()).isZero();
              assertThat(billed.estimated()).isFalse();
              assertThat(billed.outcome()).isEqualTo(Outcome.UPSTREAM_REFUSED);
            });
  }

  private HttpRequest.Builder broken(String model, int i) {
    Integer tokens = i % 3 == 0 ? Integer.valueOf(1 + random.nextInt(300)) : null;
    int place = 1 + random.nextInt(tokens == null ? 40 : tokens);
    return provider.chat(model, question(i), true, tokens, "break-after=" + place);
  }

  private static String question(int i) {
    return QUESTIONS.get(i % QUESTIONS.size());
  }

  private static void isClose(Books books) {
    assertThat(books.billed().estimated()).isTrue();
    assertThat((double) Math.abs(books.billedTokens() - books.madeTokens()))
        .isLessThanOrEqualTo(Math.max(1, CLOSE * books.madeTokens()));
  }

  private static double sumError(List<Books> all) {
    long made = all.stream().mapToLong(Books::madeTokens).sum();
    long billed = all.stream().mapToLong(Books::billedTokens).sum();
    return (billed - made) / (double) made;
  }

  private static void print(String what, List<Books> all) {
    double[] errors = all.stream().mapToDouble(Books::error).map(Math::abs).sorted().toArray();
    System.out.printf(
        "%s: %d answers, error in sum %+.4f, of each: median %.4f, 9 of 10 below %.4f, worst %.4f%n",
        what,
        all.size(),
        sumError(all),
        errors[errors.length / 2],
        errors[(errors.length * 9) / 10],
        errors[errors.length - 1]);
  }
}
