package io.tollgate.contract.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;

/**
 * Records of the contract as JSON in UTF-8: how they travel, and how they are kept.
 *
 * <p>Reading ignores unknown fields and leaves absent ones null, so a field may be added; any other
 * change needs a new record.
 */
public final class RecordJson {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setSerializationInclusion(JsonInclude.Include.NON_NULL)
          // Only a record's components travel, not what its methods derive from them.
          .setVisibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
          .setVisibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
          .setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private RecordJson() {}

  public static byte[] write(Record value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot write " + value.getClass().getSimpleName(), e);
    }
  }

  /**
   * @throws IOException when the bytes are not a record of that class
   */
  public static <T extends Record> T read(byte[] bytes, Class<T> type) throws IOException {
    T value = JSON.readValue(bytes, type);
    if (value == null) {
      throw new IOException("null is not a " + type.getSimpleName());
    }
    return value;
  }
}
