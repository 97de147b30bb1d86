package io.tollgate.proxy.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Segments that are ready to be filled, made anew or used again, never more bytes of them than
 * allowed. Its methods block where they say so; safe on any thread.
 */
final class SegmentPool {
  private static final int FEWEST_SEGMENTS = 256;
  private static final int LARGEST_SEGMENT = 4 << 20;
  private static final int SMALLEST_SEGMENT = 64 << 10;

  private final SegmentFiles files;
  private final long maxBytes;
  private final int segmentBytes;
  private final Deque<Segment> ready = new ArrayDeque<>();
  private long allBytes;
  private volatile boolean isShort;

  SegmentPool(SegmentFiles files, long maxBytes) {
    this.files = files;
    this.maxBytes = maxBytes;
    this.segmentBytes =
        Math.clamp(maxBytes / FEWEST_SEGMENTS, SMALLEST_SEGMENT, LARGEST_SEGMENT) & -4096;
  }

  int segmentBytes() {
    return segmentBytes;
  }

  /**
   * Blocks while a file is made.
   *
   * @return empty when that would be too many bytes
   */
  synchronized Optional<Segment> take() throws IOException {
    isShort = ready.isEmpty() && allBytes + segmentBytes > maxBytes;
    return isShort ? Optional.empty() : Optional.of(takeAnyway());
  }

  /** Takes one even where that is too many bytes. Blocks while a file is made. */
  synchronized Segment takeAnyway() throws IOException {
    Segment segment = ready.poll();
    if (segment == null) {
      segment = files.create(segmentBytes);
      allBytes += segmentBytes;
    }
    segment.begin();
    return segment;
  }

  /**
   * Takes back what holds nothing any more. Blocks while it is cleared.
   *
   * @return whether it is used again
   */
  synchronized boolean giveBack(Segment segment) throws IOException {
    if (segment.size() == segmentBytes && allBytes <= maxBytes) {
      segment.clear();
      ready.add(segment);
      return true;
    }
    files.delete(segment);
    allBytes -= segment.size();
    return false;
  }

  /** Counts a segment that was there before. */
  synchronized void adopt(Segment segment) {
    allBytes += segment.size();
  }

  /** Whether the last who asked got none. */
  boolean isShort() {
    return isShort;
  }

  long maxBytes() {
    return maxBytes;
  }

  /** Of files that may hold events. */
  synchronized long usedBytes() {
    return allBytes - (long) ready.size() * segmentBytes;
  }
}
