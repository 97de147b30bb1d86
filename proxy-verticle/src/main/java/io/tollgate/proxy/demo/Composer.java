package io.tollgate.proxy.demo;

import io.tollgate.proxy.demo.DemoCall.Generation;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes up an answer and cuts it where the request wants it cut. */
final class Composer {
  private final ModelTokenizer tokenizer;
  private final Function<String, List<Piece>> pieces;

  /**
   * @param pieces the tokenizer's, perhaps from memory
   */
  Composer(ModelTokenizer tokenizer, Function<String, List<Piece>> pieces) {
    this.tokenizer = tokenizer;
    this.pieces = pieces;
  }

  /**
   * @param exactTokens null for the usual answer
   */
  Answer compose(Generation call, @Nullable Integer exactTokens) {
    if (exactTokens != null) {
      String reason = exactTokens <= call.maxTokens() ? Answer.STOP : Answer.LENGTH;
      List<Piece> filler = Filler.ofTokens(Math.min(exactTokens, call.maxTokens()));
      return stopped(Answer.of(filler, reason), call.stops());
    }
    List<Piece> whole = pieces.apply(Phrasebook.answer(call.question()));
    Answer answer = stopped(Answer.of(whole, Answer.STOP), call.stops());
    return answer.tokens() <= call.maxTokens() ? answer : capped(answer, call.maxTokens());
  }

  private Answer stopped(Answer answer, List<String> stops) {
    if (stops.isEmpty()) {
      return answer;
    }
    String text = answer.text();
    int end = text.length();
    for (String stop : stops) {
      int at = text.indexOf(stop);
      end = at < 0 ? end : Math.min(end, at);
    }
    return end == text.length()
        ? answer
        : Answer.of(tokenizer.pieces(text.substring(0, end)), Answer.STOP);
  }

  /**
   * The longest beginning within the cap that counts as many tokens when it stands alone as it has
   * pieces for; merges across the cut can make that one or two pieces fewer.
   */
  private Answer capped(Answer answer, int maxTokens) {
    int kept = 0;
    int tokens = 0;
    while (tokens + answer.pieces().get(kept).tokens() <= maxTokens) {
      tokens += answer.pieces().get(kept++).tokens();
    }
    Answer cut = Answer.of(answer.pieces().subList(0, kept), Answer.LENGTH);
    while (tokenizer.count(cut.text()) != cut.tokens()) {
      kept--;
      cut = Answer.of(answer.pieces().subList(0, kept), Answer.LENGTH);
    }
    return cut;
  }
}
