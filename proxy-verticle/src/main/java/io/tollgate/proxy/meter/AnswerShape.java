package io.tollgate.proxy.meter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A place in an answer's JSON and the places below it that matter: a tree, whose root is {@link
 * KnownAnswers#ROOT}. Not changed any more once it is complete.
 */
final class AnswerShape {
  private byte[][] names = {};
  private AnswerShape[] members = {};
  private @Nullable AnswerShape element;
  private @Nullable AnswerField field;

  /**
   * Says what the value at a path means.
   *
   * @param path names of members with dots between them, {@code []} for the elements of an array
   */
  AnswerShape at(String path, AnswerField meaning) {
    AnswerShape place = this;
    for (String step : path.replace("[]", ".[]").split("\\.")) {
      if (step.equals("[]")) {
        place = place.elementToBe();
      } else if (!step.isEmpty()) {
        place = place.memberToBe(step);
      }
    }
    place.field = meaning;
    return this;
  }

  private AnswerShape elementToBe() {
    if (element == null) {
      element = new AnswerShape();
    }
    return element;
  }

  private AnswerShape memberToBe(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    AnswerShape known = member(bytes, 0, bytes.length);
    if (known != null) {
      return known;
    }
    AnswerShape added = new AnswerShape();
    names = Arrays.copyOf(names, names.length + 1);
    names[names.length - 1] = bytes;
    members = Arrays.copyOf(members, members.length + 1);
    members[members.length - 1] = added;
    return added;
  }

  /** The place of a member by the bytes of its name; null when it does not matter. */
  @Nullable AnswerShape member(byte[] bytes, int from, int to) {
    for (int i = 0; i < names.length; i++) {
      byte[] name = names[i];
      if (name.length == to - from && Arrays.equals(name, 0, name.length, bytes, from, to)) {
        return members[i];
      }
    }
    return null;
  }

  /** The place of an array's elements; null when they do not matter. */
  @Nullable AnswerShape element() {
    return element;
  }

  boolean hasMembers() {
    return members.length > 0;
  }

  /** What the value here means; null when only something below it matters. */
  @Nullable AnswerField field() {
    return field;
  }
}
