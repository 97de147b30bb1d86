package io.tollgate.proxy.journal;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One file of the journal, mapped whole. What is written here is the system's as soon as it is
 * written, so it outlives the process without a system call.
 *
 * <p>It belongs to one thread at a time: the event loop that appends and marks, or the worker that
 * clears. {@link #force} may run beside them.
 */
final class Segment {
  private static final int ZEROS = 64 * 1024;

  private final Path file;
  private final MappedByteBuffer bytes;
  private final CRC32C crc = new CRC32C();
  private int end = SegmentLayout.HEAD_BYTES;
  private int forced;
  private volatile boolean isNameForced;
  private int liveEvents;
  private int liveBytes;
  private long lastConfirmedSeconds;

  private Segment(Path file, MappedByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * Makes a file whose blocks are all there, so that a full disk shows here and not when a page is
   * written. Blocks.
   */
  static Segment create(Path file, int size) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + SegmentFiles.UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
      for (int at = 0; at < size; ) {
        at += channel.write(zeros.clear().limit(Math.min(ZEROS, size - at)), at);
      }
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
      SegmentLayout.writeHead(bytes);
      touch(bytes);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      return new Segment(file, bytes);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  /** Maps a file that may be anything, to look at it. */
  static Segment view(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = Math.min(channel.size(), Integer.MAX_VALUE);
      return new Segment(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, size));
    }
  }

  /** Maps a file that was found to be sound. */
  static Segment open(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Segment(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()));
    }
  }

  /** So that no append meets a page for the first time. */
  private static void touch(MappedByteBuffer bytes) {
    for (int at = SegmentLayout.HEAD_BYTES; at < bytes.capacity(); at += 4096) {
      bytes.put(at, (byte) 0);
    }
  }

  Path file() {
    return file;
  }

  int size() {
    return bytes.capacity();
  }

  int end() {
    return end;
  }

  boolean hasRoomFor(int payloadBytes) {
    return payloadBytes <= size() - end - SegmentLayout.RECORD_HEAD_BYTES;
  }

  int room() {
    return size() - end;
  }

  /** Says that there may be records from now on. */
  void begin() {
    SegmentLayout.markUsed(bytes);
  }

  /**
   * Adds a record; there must be room. Its length comes last, so that a record is there whole or
   * not at all, whenever the process ends.
   *
   * @return where it stands
   */
  int append(byte[] payload) {
    int at = end;
    crc.reset();
    crc.update(payload, 0, payload.length);
    bytes.put(at + SegmentLayout.RECORD_HEAD_BYTES, payload);
    SegmentLayout.writeRecordHead(bytes, at, (int) crc.getValue());
    VarHandle.releaseFence();
    SegmentLayout.writeLength(bytes, at, payload.length);
    end = SegmentLayout.next(at, payload.length);
    return at;
  }

  /** Adds a copy of another's record, with its marks. */
  int append(Segment other, int offset) {
    int at = append(other.payload(offset));
    SegmentLayout.copyMarks(other.bytes, offset, bytes, at);
    lastConfirmedSeconds = Math.max(lastConfirmedSeconds, other.confirmedSeconds(offset));
    return at;
  }

  byte[] payload(int offset) {
    return SegmentLayout.payload(bytes, offset);
  }

  void confirm(int offset, Recipient recipient, long nowSeconds) {
    SegmentLayout.confirm(bytes, offset, recipient, nowSeconds);
    lastConfirmedSeconds = Math.max(lastConfirmedSeconds, nowSeconds);
  }

  void await(int offset, Recipient recipient) {
    SegmentLayout.await(bytes, offset, recipient);
  }

  boolean isConfirmed(int offset, Recipient recipient) {
    return SegmentLayout.mark(bytes, offset, recipient) == SegmentLayout.CONFIRMED;
  }

  /** Whether what stands there is neither yes nor no. */
  boolean hasDamagedMark(int offset, Recipient recipient) {
    byte mark = SegmentLayout.mark(bytes, offset, recipient);
    return mark != SegmentLayout.CONFIRMED && mark != SegmentLayout.WAITING;
  }

  long confirmedSeconds(int offset) {
    return SegmentLayout.confirmedSeconds(bytes, offset);
  }

  /** When the last of its events was confirmed, in seconds since the epoch. */
  long lastConfirmedSeconds() {
    return lastConfirmedSeconds;
  }

  /** Takes over the records that an earlier run has left; there is no room for others. */
  void resume(List<Integer> records) {
    end = size();
    forced = end;
    for (int offset : records) {
      lastConfirmedSeconds = Math.max(lastConfirmedSeconds, confirmedSeconds(offset));
    }
  }

  /** Where its records stand; it was found to be sound, or written by this process. */
  List<Integer> records() {
    List<Integer> records = new ArrayList<>();
    for (int at = SegmentLayout.HEAD_BYTES;
        at <= size() - SegmentLayout.RECORD_HEAD_BYTES && bytes.getInt(at) > 0;
        at += SegmentLayout.recordBytes(bytes, at)) {
      records.add(at);
    }
    return records;
  }

  ByteBuffer view() {
    return bytes.asReadOnlyBuffer();
  }

  void lives(int offset) {
    liveEvents++;
    liveBytes += SegmentLayout.recordBytes(bytes, offset);
  }

  void settled(int offset) {
    liveEvents--;
    liveBytes -= SegmentLayout.recordBytes(bytes, offset);
  }

  boolean isSettled() {
    return liveEvents == 0;
  }

  /** What moving its live events elsewhere takes. */
  int liveBytes() {
    return liveBytes;
  }

  /** Where the next {@link #force} has to begin. */
  int forced() {
    return forced;
  }

  void forcedTo(int offset) {
    forced = offset;
  }

  /**
   * Blocks until these bytes survive a loss of power, and with the first of them the file's name.
   */
  void force(int from, int to) throws IOException {
    bytes.force(from, to - from);
    if (!isNameForced) {
      SegmentFiles.forceNames(file.resolveSibling("."));
      isNameForced = true;
    }
  }

  /**
   * Makes it as new. Nothing of that is forced: what is settled may come back with a loss of power,
   * and is then settled once more, which counts for nothing. Blocks.
   */
  void clear() {
    SegmentLayout.markFree(bytes);
    ByteBuffer body = bytes.duplicate().position(SegmentLayout.HEAD_BYTES);
    byte[] zeros = new byte[ZEROS];
    while (body.hasRemaining()) {
      body.put(zeros, 0, Math.min(zeros.length, body.remaining()));
    }
    end = SegmentLayout.HEAD_BYTES;
    forced = 0;
    liveEvents = 0;
    liveBytes = 0;
    lastConfirmedSeconds = 0;
  }
}
