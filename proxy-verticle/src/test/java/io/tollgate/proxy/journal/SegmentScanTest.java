package io.tollgate.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tollgate.contract.bus.RecordJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be read of a file that a crash, a disk or a power failure has left. */
class SegmentScanTest {
  private static final int RECORDS = 4;

  @TempDir private Path folder;

  private byte[] sound;
  private final List<Integer> offsets = new ArrayList<>();
  private int end;

  @BeforeEach
  void write() throws IOException {
    Path file = folder.resolve("events-000001.log");
    Segment segment = Segment.create(file, 8192);
    segment.begin();
    for (int i = 0; i < RECORDS; i++) {
      offsets.add(segment.append(RecordJson.write(Events.both("request-" + i))));
    }
    end = segment.end();
    sound = Files.readAllBytes(file);
  }

  @Test
  void finds_all_of_a_sound_file() {
    SegmentScan scan = scan(sound);

    assertThat(scan.records()).isEqualTo(offsets);
    assertThat(scan.damages()).isEmpty();
  }

  @Test
  void loses_the_last_record_alone_wherever_it_is_torn() {
    for (int written = offsets.getLast(); written < end; written++) {
      byte[] torn = sound.clone();
      Arrays.fill(torn, written, torn.length, (byte) 0);

      SegmentScan scan = scan(torn);

      boolean whole = Arrays.equals(torn, sound);
      boolean untouched = written == offsets.getLast() || isZero(torn, offsets.getLast(), written);
      assertThat(scan.records())
          .as("%d bytes", written)
          .isEqualTo(whole ? offsets : offsets.subList(0, RECORDS - 1));
      assertThat(scan.damages()).as("%d bytes", written).hasSize(whole || untouched ? 0 : 1);
    }
  }

  @Test
  void loses_only_what_was_cut_off_wherever_a_file_ends() {
    for (int size = 0; size < sound.length; size++) {
      SegmentScan scan = scan(Arrays.copyOf(sound, size));

      int cut = size;
      assertThat(scan.records())
          .as("%d bytes", size)
          .isEqualTo(offsets.stream().filter(offset -> endOf(offset) <= cut).toList());
      assertThat(scan.damages()).as("%d bytes", size).isNotEmpty();
    }
  }

  @Test
  void loses_one_record_at_most_by_any_flipped_bit() {
    for (int bit = 0; bit < end * 8; bit++) {
      byte[] flipped = sound.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));

      SegmentScan scan = scan(flipped);

      if (bit / 8 >= 8 && bit / 8 < 12) {
        assertThat(scan.damages()).as("bit %d", bit).hasSize(1);
        continue;
      }
      int at = bit / 8;
      List<Integer> others =
          offsets.stream().filter(offset -> at < offset || at >= endOf(offset)).toList();
      assertThat(scan.records()).as("bit %d", bit).containsAll(others).isSubsetOf(offsets);
      if (scan.records().size() < RECORDS) {
        assertThat(scan.damages()).as("bit %d", bit).hasSize(1);
      }
    }
  }

  @Test
  void reads_nothing_of_another_version_and_says_so() {
    ByteBuffer other = ByteBuffer.wrap(sound.clone()).putInt(8, 2);
    SegmentLayout.sealHead(other);

    SegmentScan scan = SegmentScan.of(other);

    assertThat(scan.records()).isEmpty();
    assertThat(scan.damages())
        .containsExactly("it has version 2, and this Tollgate reads version 1");
  }

  @Test
  void finds_nothing_in_a_file_that_is_being_cleared() {
    byte[] clearing = sound.clone();
    SegmentLayout.markFree(ByteBuffer.wrap(clearing));
    Arrays.fill(clearing, 32, offsets.get(2) + 5, (byte) 0);

    SegmentScan scan = scan(clearing);

    assertThat(scan.records()).isEmpty();
    assertThat(scan.damages()).isEmpty();
  }

  @Test
  void no_flipped_bit_turns_what_waits_into_what_is_confirmed() {
    for (int bit = 0; bit < 8; bit++) {
      assertThat(SegmentLayout.WAITING ^ (1 << bit)).isNotEqualTo(SegmentLayout.CONFIRMED);
      assertThat(SegmentLayout.CONFIRMED ^ (1 << bit)).isNotEqualTo(SegmentLayout.WAITING);
    }
  }

  private int endOf(int offset) {
    return offset + 16 + ByteBuffer.wrap(sound).getInt(offset);
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static SegmentScan scan(byte[] bytes) {
    return SegmentScan.of(ByteBuffer.wrap(bytes));
  }
}
