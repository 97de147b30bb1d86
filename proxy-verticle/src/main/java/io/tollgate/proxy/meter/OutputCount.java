package io.tollgate.proxy.meter;

import io.vertx.core.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The tokens of one answer's text. What is kept of it is counted when somebody asks, and in parts
 * as it grows long. Text that comes faster than it can be counted is left out.
 *
 * <p>Meanwhile the text is known by its characters, and of a part of them the tokens.
 */
final class OutputCount {
  /** Parts of one answer that wait to be counted. */
  private static final int MAX_WAITING = 8;

  private final Workshop workshop;
  private final Supplier<ModelFamily> family;
  private final BooleanSupplier wanted;
  private final AnswerText text = new AnswerText(this::makeRoom);
  private TextTokens counted = TextTokens.NONE;
  private Future<?> counting = Future.succeededFuture();
  private int waiting;
  private boolean whole = true;
  private boolean refining;
  private long asciiCounted;
  private long otherCounted;
  private long asciiTaken;
  private long otherTaken;
  private long asciiLeftOut;
  private long otherLeftOut;

  /**
   * @param family of the model, as far as it is known by then
   * @param wanted whether somebody may still ask
   */
  OutputCount(Workshop workshop, Supplier<ModelFamily> family, BooleanSupplier wanted) {
    this.workshop = workshop;
    this.family = family;
    this.wanted = wanted;
  }

  AnswerText text() {
    return text;
  }

  /** Whether nothing was left out. */
  boolean isWhole() {
    return whole;
  }

  /** The characters left out, by these rates. */
  long leftOut(ModelCalibration rates) {
    return whole ? 0 : rates.outputTokens(asciiLeftOut, otherLeftOut);
  }

  /** Counts what is left to count; asked once, at the answer's end. Never fails. */
  Future<TextTokens> tokens() {
    return Future.join(counting, count(text.take())).map(done -> counted);
  }

  /** Counts what has come by now, but for a last word, unless that is under way. */
  void refine() {
    if (!refining) {
      refining = true;
      add(count(text.takeWords()).onComplete(done -> refining = false));
    }
  }

  /** Whether what came before the last call of {@link #refine} is still being counted. */
  boolean isRefining() {
    return refining;
  }

  /**
   * All that has come, as near as it is known by now.
   *
   * @param tokens the rates of the model that answers
   * @param characters those of the model that was asked for
   */
  long soFar(ModelCalibration tokens, ModelCalibration characters) {
    return tokens.outputTokens(counted) + leftOut(characters) + rough(tokens, characters);
  }

  /** Of what has come the part that is not counted yet, at the rate of the part that is. */
  long rough(ModelCalibration tokens, ModelCalibration characters) {
    long ascii = text.ascii() - asciiCounted - asciiLeftOut;
    long other = text.other() - otherCounted - otherLeftOut;
    long rough = characters.outputTokens(ascii, other);
    long roughCounted = characters.outputTokens(asciiCounted, otherCounted);
    return roughCounted == 0
        ? rough
        : Math.round((double) rough * tokens.outputTokens(counted) / roughCounted);
  }

  private void makeRoom() {
    if (waiting == MAX_WAITING || !wanted.getAsBoolean()) {
      text.take();
      leaveOut(text.ascii() - asciiTaken, text.other() - otherTaken);
      asciiTaken = text.ascii();
      otherTaken = text.other();
      return;
    }
    waiting++;
    add(count(text.takeWords()).onComplete(done -> waiting--));
  }

  private void add(Future<?> count) {
    counting = counting.isComplete() ? count : Future.join(counting, count);
  }

  private Future<?> count(KeptText part) {
    TextCount kept = text.kept();
    long ascii = text.ascii() - kept.ascii() - asciiTaken;
    long other = text.other() - kept.other() - otherTaken;
    asciiTaken += ascii;
    otherTaken += other;
    Tokenizer tokenizer = new Tokenizer(family.get());
    return workshop
        .work(() -> tokenizer.count(part.texts()))
        .onSuccess(
            tokens -> {
              counted = counted.plus(tokens);
              asciiCounted += ascii;
              otherCounted += other;
            })
        .onFailure(fault -> leaveOut(ascii, other))
        .otherwise(TextTokens.NONE);
  }

  private void leaveOut(long ascii, long other) {
    whole = false;
    asciiLeftOut += ascii;
    otherLeftOut += other;
  }
}
