package io.tollgate.proxy.journal;

import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what an earlier run has left. A file with damage is set aside as it is, and what can be
 * read of it goes on in a new one. All methods block.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int PAGE = 4096;

  private final SegmentFiles files;
  private final int segmentBytes;
  private final JournalMetrics metrics;

  Recovery(SegmentFiles files, int segmentBytes, JournalMetrics metrics) {
    this.files = files;
    this.segmentBytes = segmentBytes;
    this.metrics = metrics;
  }

  List<LeftSegment> run() throws IOException {
    List<LeftSegment> left = new ArrayList<>();
    for (Path file : files.segments()) {
      Segment found = Segment.view(file);
      List<String> damages = new ArrayList<>();
      List<Integer> records = readable(found, damages);
      if (damages.isEmpty()) {
        Segment segment = Segment.open(file);
        segment.resume(records);
        left.add(new LeftSegment(segment, live(segment, records)));
      } else {
        setAside(found, damages, records, left);
      }
    }
    return left;
  }

  private static List<Integer> readable(Segment segment, List<String> damages) {
    SegmentScan scan = SegmentScan.of(segment.view());
    damages.addAll(scan.damages());
    List<Integer> readable = new ArrayList<>();
    for (int offset : scan.records()) {
      try {
        RecordJson.read(segment.payload(offset), UsageEvent.class);
        readable.add(offset);
      } catch (IOException e) {
        damages.add("the record at byte " + offset + " is no usage event");
      }
    }
    return readable;
  }

  private void setAside(
      Segment damaged, List<String> damages, List<Integer> records, List<LeftSegment> left)
      throws IOException {
    if (!records.isEmpty()) {
      int size = (damaged.size() + 2 * PAGE - 1) / PAGE * PAGE;
      Segment salvaged = files.create(Math.max(size, segmentBytes));
      salvaged.begin();
      List<Integer> copies = new ArrayList<>();
      records.forEach(offset -> copies.add(salvaged.append(damaged, offset)));
      salvaged.force(0, salvaged.end());
      left.add(new LeftSegment(salvaged, live(salvaged, copies)));
    }
    Path aside = files.setAside(damaged.file());
    metrics.damaged(damages.size());
    log.error(
        "the journal's file {} is damaged: {}. It is set aside as {}; the {} events in it that can"
            + " be read are not lost",
        damaged.file(),
        String.join("; ", damages),
        aside.getFileName(),
        records.size());
  }

  private List<Entry> live(Segment segment, List<Integer> records) throws IOException {
    List<Entry> live = new ArrayList<>();
    for (int offset : records) {
      UsageEvent event = RecordJson.read(segment.payload(offset), UsageEvent.class);
      Entry entry = new Entry(event.atMillis());
      for (Recipient recipient : Recipient.values()) {
        if (segment.hasDamagedMark(offset, recipient)) {
          metrics.damaged(1);
          log.error(
              "the journal's file {} does not say whether the {} has confirmed request {}; it is"
                  + " delivered again",
              segment.file(),
              recipient.label(),
              event.requestId());
          segment.await(offset, recipient);
        }
        if (recipient.isConcernedBy(event) && !segment.isConfirmed(offset, recipient)) {
          entry.await(recipient);
        }
      }
      if (!entry.isSettled()) {
        entry.standsAt(segment, offset);
        live.add(entry);
      }
    }
    return live;
  }
}
