package io.tollgate.contract.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.IOException;

/**
 * Carries one record class as JSON: a four-byte length, then UTF-8. Within a process the record
 * itself is passed on, as it is immutable.
 *
 * <p>Decoding never throws: a throw there would leave the sender without an answer for ever, so bad
 * bytes become a {@link ReplyException} in place of the record.
 */
final class RecordCodec<T extends Record> implements MessageCodec<T, Object> {
  static final int BAD_RECORD = 400;

  private static final ClassValue<String> NAMES =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return type.getName() + ".v1";
        }
      };

  private final Class<T> type;

  RecordCodec(Class<T> type) {
    this.type = type;
  }

  static String nameOf(Class<?> type) {
    return NAMES.get(type);
  }

  @Override
  public void encodeToWire(Buffer wire, T value) {
    byte[] bytes = RecordJson.write(value);
    wire.appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public Object decodeFromWire(int position, Buffer wire) {
    try {
      int length = wire.getInt(position);
      return RecordJson.read(wire.getBytes(position + 4, position + 4 + length), type);
    } catch (IOException | RuntimeException e) {
      return new ReplyException(
          ReplyFailure.ERROR, BAD_RECORD, "cannot read " + type.getSimpleName());
    }
  }

  @Override
  public Object transform(T value) {
    return value;
  }

  @Override
  public String name() {
    return nameOf(type);
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
