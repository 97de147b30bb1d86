package io.tollgate.contract.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.IOException;

/**
 * Carries one record class as JSON: a four-byte length, then UTF-8. Within a process the record
 * itself is passed on, as it is immutable.
 *
 * <p>Reading ignores unknown fields and leaves absent ones null, so a field may be added; any other
 * change needs a new record. Decoding never throws: a throw there would leave the sender without an
 * answer for ever, so bad bytes become a {@link ReplyException} in place of the record.
 */
final class RecordCodec<T extends Record> implements MessageCodec<T, Object> {
  static final int BAD_RECORD = 400;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setSerializationInclusion(JsonInclude.Include.NON_NULL)
          // Only a record's components travel, not what its methods derive from them.
          .setVisibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
          .setVisibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
          .setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final Class<T> type;

  RecordCodec(Class<T> type) {
    this.type = type;
  }

  static String nameOf(Class<?> type) {
    return type.getName() + ".v1";
  }

  @Override
  public void encodeToWire(Buffer wire, T value) {
    try {
      byte[] bytes = JSON.writeValueAsBytes(value);
      wire.appendInt(bytes.length).appendBytes(bytes);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot write " + type.getSimpleName(), e);
    }
  }

  @Override
  public Object decodeFromWire(int position, Buffer wire) {
    try {
      int length = wire.getInt(position);
      return JSON.readValue(wire.getBytes(position + 4, position + 4 + length), type);
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
