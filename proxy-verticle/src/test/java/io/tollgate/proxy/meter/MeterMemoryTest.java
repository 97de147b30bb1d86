package io.tollgate.proxy.meter;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However large a frame is, a meter and its filter hold no more than what they began with. */
class MeterMemoryTest {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int CHUNKS = 50 * 1024 * 1024 / CHUNK_BYTES;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A text, a name, a number, a finish reason, nesting and blanks, in a document.
        "{\"choices\":[{\"message\":{\"content\":\"|x",
        "{\"|x",
        "{\"usage\":{\"prompt_tokens\":|1",
        "{\"choices\":[{\"finish_reason\":\"|x",
        "{\"x\":|[",
        "[|{\"usageMetadata\":{\"promptTokenCount\":1}},",
        "|{\"done\":false}\n",
        "| ",
        // The same in an event; a comment, a field's name, lines and events without end.
        "data: {\"choices\":[{\"delta\":{\"content\":\"|x",
        "data: {\"choices\":[],\"x\":\"|x",
        "data: |{\"usage\":",
        "data: {\"x\":[|1,",
        ":|x",
        "|x",
        "data: {\n|data: \n",
        "|data: {\"choices\":[],\"usage\":null}\n\n",
      })
  void fifty_megabytes_leave_nothing_behind(String frame) {
    int bar = frame.indexOf('|');
    UsageMeter meter = Meters.meter();
    UsageChunkFilter filter = new UsageChunkFilter(meter);
    filter.pass(Buffer.buffer(frame.substring(0, bar) + " "));
    Buffer chunk = Buffer.buffer(frame.substring(bar + 1).repeat(CHUNK_BYTES));
    long most = 0;
    long passed = 0;
    for (int i = 0; i < CHUNKS; i++) {
      passed += filter.pass(chunk.getBuffer(0, CHUNK_BYTES)).length();
      most = Math.max(most, retainedBytes(filter));
    }

    long window = 16 * 1024;
    assertThat(most).isLessThan(UsageChunkFilter.MAX_HELD_BYTES + CHUNK_BYTES + window + 4096);
    assertThat(passed).isGreaterThan((long) (CHUNKS - 3) * CHUNK_BYTES);
  }

  /** The bytes in all arrays and buffers that are reached through classes of our own. */
  private static long retainedBytes(Object root) {
    return retained(root, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static long retained(Object object, Set<Object> seen) {
    if (object == null || !seen.add(object)) {
      return 0;
    }
    if (object instanceof Buffer buffer) {
      return buffer.length();
    }
    Class<?> type = object.getClass();
    if (type.isArray() && type.getComponentType().isPrimitive()) {
      return (long) Array.getLength(object) * 8;
    }
    long bytes = 0;
    if (object instanceof Object[] elements) {
      for (Object element : elements) {
        bytes += 8 + retained(element, seen);
      }
    } else if (type.getName().startsWith("io.tollgate") && !type.isEnum() && !isShared(object)) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          bytes += retained(value(field, object), seen);
        }
      }
    } else if (object instanceof CharSequence text) {
      bytes += 2L * text.length();
    }
    return bytes;
  }

  /** The tree of shapes and what the event loop's meters share are not this answer's. */
  private static boolean isShared(Object object) {
    return object instanceof AnswerShape || object instanceof Forecast;
  }

  private static Object value(Field field, Object object) {
    try {
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
