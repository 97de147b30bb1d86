package io.tollgate.proxy.meter;

import java.util.Arrays;

/**
 * The text that a model writes: its characters counted, and its bytes kept until somebody takes
 * them to count their tokens. Whoever listens has to take them at {@value #MAX_KEPT_BYTES} bytes.
 *
 * <p>An answer may be several texts in turn, of choices and of reasoning. Each has a lane.
 */
final class AnswerText {
  static final int MAX_KEPT_BYTES = 16 * 1024;

  private static final int FIRST_BYTES = 256;
  private static final int MAX_RUNS = 1024;
  private static final int LANES_PER_CHOICE = 2;
  private static final byte[] NOTHING = {};

  private final TextCount count = new TextCount();
  private final Runnable full;
  private byte[] bytes = NOTHING;
  private int length;
  private int[] runs = new int[2];
  private int runCount;
  private int choice;
  private int choiceStart;
  private long rawBytes;
  private boolean open;

  /**
   * @param full called when so much is kept that it has to be taken, perhaps within a string
   */
  AnswerText(Runnable full) {
    this.full = full;
  }

  /** ASCII characters of all that came. */
  long ascii() {
    return count.ascii();
  }

  /** Other characters of all that came. */
  long other() {
    return count.other();
  }

  /** Bytes of all that came, as they stood in JSON. */
  long rawBytes() {
    return rawBytes;
  }

  /** Whether the last that came was a string without its end. */
  boolean isOpen() {
    return open;
  }

  /** What follows belongs to the first choice, unless {@link #choiceIs} says more. */
  void choiceBegins() {
    choice = 0;
    choiceStart = length;
  }

  /** Which choice it is that has begun; may be said after its text. */
  void choiceIs(long index) {
    int said = (int) Math.min(index, Integer.MAX_VALUE / LANES_PER_CHOICE - 1);
    if (said == choice) {
      return;
    }
    choice = said;
    for (int run = runCount - 1; run >= 0 && end(run) > choiceStart; run--) {
      int lane = said * LANES_PER_CHOICE + runs[2 * run] % LANES_PER_CHOICE;
      if (start(run) >= choiceStart) {
        runs[2 * run] = lane;
      } else {
        int end = end(run);
        runs[2 * run + 1] = choiceStart;
        insertRun(run + 1, lane, end);
      }
    }
  }

  /** Takes a piece of a string. */
  void piece(AnswerField field, byte[] piece, int from, int to) {
    count.count(piece, from, to);
    rawBytes += to - from;
    open = true;
    int lane = choice * LANES_PER_CHOICE + (field == AnswerField.REASONING_TEXT ? 1 : 0);
    int start = from;
    while (start < to) {
      if (length == MAX_KEPT_BYTES || runCount == MAX_RUNS) {
        full.run();
      }
      int size = Math.min(to - start, MAX_KEPT_BYTES - length);
      keep(lane, piece, start, size);
      start += size;
    }
  }

  /** Ends a string, whole or cut; the next piece begins another. */
  void endString() {
    count.endString();
    open = false;
  }

  /** The characters of what is kept. */
  TextCount kept() {
    TextCount kept = new TextCount();
    kept.count(bytes, 0, length);
    return kept;
  }

  /** Takes all that is kept. */
  KeptText take() {
    return take(length);
  }

  /** Takes what is kept of one text up to its last whole word, and of several all. */
  KeptText takeWords() {
    return take(runCount == 1 ? TextCut.place(bytes, length) : length);
  }

  private KeptText take(int taken) {
    int rest = length - taken;
    byte[] kept = bytes;
    int lane = runs[0];
    KeptText text = new KeptText(kept, taken, runs, runCount);
    bytes = NOTHING;
    length = 0;
    runs = new int[2];
    runCount = 0;
    choiceStart = 0;
    if (rest > 0) {
      keep(lane, kept, taken, rest);
    }
    return text;
  }

  private void keep(int lane, byte[] piece, int from, int size) {
    if (length + size > bytes.length) {
      int doubled = Math.max(FIRST_BYTES, Math.max(2 * bytes.length, length + size));
      bytes = Arrays.copyOf(bytes, Math.min(MAX_KEPT_BYTES, doubled));
    }
    System.arraycopy(piece, from, bytes, length, size);
    length += size;
    if (runCount > 0 && runs[2 * runCount - 2] == lane) {
      runs[2 * runCount - 1] = length;
    } else {
      insertRun(runCount, lane, length);
    }
  }

  private void insertRun(int place, int lane, int end) {
    if (2 * runCount == runs.length) {
      runs = Arrays.copyOf(runs, 2 * runs.length);
    }
    System.arraycopy(runs, 2 * place, runs, 2 * place + 2, 2 * (runCount - place));
    runs[2 * place] = lane;
    runs[2 * place + 1] = end;
    runCount++;
  }

  private int start(int run) {
    return run == 0 ? 0 : end(run - 1);
  }

  private int end(int run) {
    return runs[2 * run + 1];
  }
}
