package io.tollgate.bench.journal;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A process that writes events until it is killed. How many it was told are kept stands in a mapped
 * file, which outlives it.
 */
final class KilledWriter {
  private KilledWriter() {}

  /** Arguments: kind of store, its folder, the file for the number. */
  public static void main(String[] args) throws Exception {
    try (FileChannel channel =
            FileChannel.open(
                Path.of(args[2]),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        EventStore store = StoreKind.valueOf(args[0]).open(Path.of(args[1]))) {
      MappedByteBuffer told = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
      Written.to(store, Long.MAX_VALUE, nanos -> {}, kept -> told.putLong(0, kept));
    }
  }
}
