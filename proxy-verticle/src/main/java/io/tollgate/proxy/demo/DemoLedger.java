package io.tollgate.proxy.demo;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every token that the simulated provider has written, in sums and answer by answer. Thread-safe.
 */
public final class DemoLedger {
  private final Consumer<Entry> reader;
  private final LongAdder answers = new LongAdder();
  private final LongAdder brokenAnswers = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder completionTokens = new LongAdder();

  /**
   * What was written up to now.
   *
   * @param answers whose prompt was read, whether they came to their end or not
   * @param brokenAnswers of these, the ones that did not come to their end: cut by a fault or by a
   *     client that left
   * @param promptTokens that were read
   * @param completionTokens of all chunks and bodies that were written
   */
  public record Totals(
      long answers, long brokenAnswers, long promptTokens, long completionTokens) {}

  /**
   * One answer that is over.
   *
   * @param call the request's header {@code x-demo-call}; null when it has none
   * @param begunMillis when the prompt was read, since 1970
   * @param completionTokens that were written
   * @param whole whether it came to its end
   * @param toldUsage whether it reported its usage
   */
  public record Entry(
      @Nullable String call,
      long begunMillis,
      int promptTokens,
      int completionTokens,
      boolean whole,
      boolean toldUsage) {}

  /**
   * @param reader is told of each answer when it is over, on the event loop that wrote it
   */
  DemoLedger(Consumer<Entry> reader) {
    this.reader = reader;
  }

  /** A moment's sums; exact when no answer is in progress. */
  public Totals totals() {
    return new Totals(
        answers.sum(), brokenAnswers.sum(), promptTokens.sum(), completionTokens.sum());
  }

  /** A prompt was read, and its answer begins. */
  Page begin(@Nullable String call, int prompt) {
    answers.increment();
    promptTokens.add(prompt);
    return new Page(call, prompt);
  }

  /** One answer in the making. Confined to its event loop. */
  final class Page {
    private final @Nullable String call;
    private final long begunMillis = System.currentTimeMillis();
    private final int prompt;
    private int completion;
    private boolean closed;

    private Page(@Nullable String call, int prompt) {
      this.call = call;
      this.prompt = prompt;
    }

    void written(int tokens) {
      completion += tokens;
      completionTokens.add(tokens);
    }

    /** It ends before its end; of no meaning when it is over. */
    void broken() {
      close(false, false);
    }

    void whole(boolean toldUsage) {
      close(true, toldUsage);
    }

    private void close(boolean whole, boolean toldUsage) {
      if (!closed) {
        closed = true;
        if (!whole) {
          brokenAnswers.increment();
        }
        reader.accept(new Entry(call, begunMillis, prompt, completion, whole, toldUsage));
      }
    }
  }
}
