package io.tollgate.proxy.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one file holds: every record that can be read, also behind a place that can't.
 *
 * @param records where they stand
 * @param damages what is wrong with the file, in words; empty when it is sound
 */
record SegmentScan(List<Integer> records, List<String> damages) {
  SegmentScan {
    records = List.copyOf(records);
    damages = List.copyOf(damages);
  }

  /**
   * @param bytes the whole file, which may be of any size
   */
  static SegmentScan of(ByteBuffer bytes) {
    List<String> damages = new ArrayList<>();
    if (!SegmentLayout.hasSoundHead(bytes)) {
      damages.add("its head can't be read");
    } else if (SegmentLayout.version(bytes) != SegmentLayout.VERSION) {
      return new SegmentScan(
          List.of(),
          List.of(
              "it has version "
                  + SegmentLayout.version(bytes)
                  + ", and this Tollgate reads version "
                  + SegmentLayout.VERSION));
    } else if (SegmentLayout.size(bytes) != bytes.capacity()) {
      damages.add("it has " + bytes.capacity() + " of its " + SegmentLayout.size(bytes) + " bytes");
    } else if (SegmentLayout.isFree(bytes)) {
      return new SegmentScan(List.of(), List.of());
    }
    return records(bytes, damages);
  }

  private static SegmentScan records(ByteBuffer bytes, List<String> damages) {
    List<Integer> records = new ArrayList<>();
    int at = SegmentLayout.HEAD_BYTES;
    while (at < bytes.capacity()) {
      if (SegmentLayout.isRecord(bytes, at)) {
        records.add(at);
        at += SegmentLayout.recordBytes(bytes, at);
        continue;
      }
      int next = nextRecord(bytes, at + 8);
      int written = lastWritten(bytes, at, next);
      if (next == bytes.capacity() && written == at) {
        break;
      }
      damages.add(
          next == bytes.capacity()
              ? "the record at byte " + at + " is torn"
              : "bytes " + at + " to " + (next - 1) + " are no record");
      at = next == bytes.capacity() ? written : next;
    }
    return new SegmentScan(records, damages);
  }

  /** The end of the file when there is none. */
  private static int nextRecord(ByteBuffer bytes, int from) {
    for (int at = from; at <= bytes.capacity() - SegmentLayout.RECORD_HEAD_BYTES; at += 8) {
      if (SegmentLayout.isRecord(bytes, at)) {
        return at;
      }
    }
    return bytes.capacity();
  }

  /** Behind the last byte that is not zero. */
  private static int lastWritten(ByteBuffer bytes, int from, int to) {
    int last = to;
    while (last > from && bytes.get(last - 1) == 0) {
      last--;
    }
    return last;
  }
}
