package io.tollgate.proxy.demo;

import java.lang.Character.UnicodeScript;

/** What the simulated model says, in the languages that it can tell by their script. */
enum Phrasebook {
  CHINESE(
      "我是 Tollgate 的模拟模型。这里没有设置模型供应商的密钥，所以这段回答是模拟的，并没有经过真正的模型。"
          + "您的问题是：「%s」。设置供应商的密钥之后，同样的请求就会由真正的模型来回答。"),
  JAPANESE(
      "私は Tollgate の模擬モデルです。プロバイダーのキーが設定されていないため、この回答は模擬的なものです。"
          + "ご質問は「%s」ですね。キーを設定すると、同じリクエストに本物のモデルが答えます。"),
  KOREAN(
      "저는 Tollgate의 모의 모델입니다. 공급자 키가 설정되어 있지 않아서 이 답변은 모의 답변입니다. "
          + "질문은 \"%s\"입니다. 키를 설정하면 같은 요청에 실제 모델이 답합니다."),
  ENGLISH(
      "I am Tollgate's simulated model. No provider key is set here, so this answer is simulated and"
          + " no real model has written it. You asked: \"%s\". Once a provider key is set, the same"
          + " request is answered by a real model.");

  private static final int MAX_QUOTED_CODE_POINTS = 24;
  private static final int MAX_CODE_POINTS_READ = 500;

  /** Han characters say more each than letters do. */
  private static final int LETTERS_PER_HAN_CHARACTER = 3;

  private final String answer;

  Phrasebook(String answer) {
    this.answer = answer;
  }

  /** An answer in the language of the question, with the beginning of the question. */
  static String answer(String question) {
    return of(question).answer.formatted(beginning(question));
  }

  static Phrasebook of(String question) {
    int kana = 0;
    int hangul = 0;
    int han = 0;
    int otherLetters = 0;
    for (int point : question.codePoints().limit(MAX_CODE_POINTS_READ).toArray()) {
      switch (UnicodeScript.of(point)) {
        case HIRAGANA, KATAKANA -> kana++;
        case HANGUL -> hangul++;
        case HAN -> han++;
        default -> otherLetters += Character.isLetter(point) ? 1 : 0;
      }
    }
    int east = (kana + hangul + han) * LETTERS_PER_HAN_CHARACTER;
    if (east == 0 || east < otherLetters) {
      return ENGLISH;
    }
    if (hangul > kana && hangul >= han) {
      return KOREAN;
    }
    return kana > 0 ? JAPANESE : CHINESE;
  }

  private static String beginning(String question) {
    int[] points = question.strip().codePoints().limit(MAX_QUOTED_CODE_POINTS + 1).toArray();
    StringBuilder quoted = new StringBuilder();
    for (int i = 0; i < Math.min(points.length, MAX_QUOTED_CODE_POINTS); i++) {
      quoted.appendCodePoint(isSpeakable(points[i]) ? points[i] : ' ');
    }
    return points.length > MAX_QUOTED_CODE_POINTS ? quoted + "…" : quoted.toString();
  }

  private static boolean isSpeakable(int point) {
    return !Character.isISOControl(point)
        && UnicodeScript.of(point) != UnicodeScript.UNKNOWN
        && Character.getType(point) != Character.SURROGATE;
  }
}
