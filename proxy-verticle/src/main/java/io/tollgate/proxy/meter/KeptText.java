package io.tollgate.proxy.meter;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of what a model wrote, as the bytes of JSON strings, in the order in which they came. Runs
 * of them belong to lanes: each lane is a text of its own, such as one of several choices. Not
 * changed any more.
 */
final class KeptText {
  private final byte[] bytes;
  private final int length;
  private final int[] runs;
  private final int runCount;

  /**
   * @param bytes of which the first {@code length} count
   * @param runs the lane and the end of each run, in turn; the first {@code 2 * runCount} count
   */
  KeptText(byte[] bytes, int length, int[] runs, int runCount) {
    this.bytes = bytes;
    this.length = length;
    this.runs = runs;
    this.runCount = runCount;
  }

  /** The texts of the lanes. Takes time in proportion to the bytes. */
  List<String> texts() {
    List<String> texts = new ArrayList<>();
    for (int first = 0; first < runCount; first++) {
      if (isNewLane(first)) {
        texts.add(text(first));
      }
    }
    return texts;
  }

  private boolean isNewLane(int run) {
    for (int before = 0; before < run; before++) {
      if (lane(before) == lane(run)) {
        return false;
      }
    }
    return true;
  }

  private String text(int first) {
    if (runCount == 1) {
      return JsonStrings.decode(bytes, 0, length);
    }
    byte[] text = new byte[length];
    int size = 0;
    for (int run = first; run < runCount; run++) {
      if (lane(run) == lane(first)) {
        int from = run == 0 ? 0 : end(run - 1);
        System.arraycopy(bytes, from, text, size, end(run) - from);
        size += end(run) - from;
      }
    }
    return JsonStrings.decode(text, 0, size);
  }

  private int lane(int run) {
    return runs[2 * run];
  }

  private int end(int run) {
    return runs[2 * run + 1];
  }
}
