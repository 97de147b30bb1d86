package io.tollgate.proxy.meter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes random JSON: any nesting, escapes, white space and order of members. */
final class RandomJson {
  private static final String[] SPACES = {"", "", "", " ", "\n", "\t ", "\r\n"};
  private static final String[] CHARACTERS = {
    "a",
    "usage",
    "choices",
    "{",
    "}",
    "[",
    ",",
    ":",
    "\\\"",
    "\\\\",
    "\\n",
    "\\/",
    "\\u4f60",
    "\\ud83d\\ude00",
    "你",
    "😀",
    "é",
    " ",
    "data:",
    "0"
  };
  private static final String[] SCALARS = {
    "0", "-1", "1.5e-3", "12345678901234567890", "true", "false", "null"
  };

  private final Random random;

  RandomJson(long seed) {
    this.random = new Random(seed);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  int upTo(int bound) {
    return random.nextInt(bound);
  }

  String space() {
    return SPACES[random.nextInt(SPACES.length)];
  }

  String string() {
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.append('"').toString();
  }

  String value(int depth) {
    return switch (random.nextInt(depth == 0 ? 2 : 4)) {
      case 0 -> SCALARS[random.nextInt(SCALARS.length)];
      case 1 -> string();
      case 2 -> {
        List<String> members = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          members.add(member("\"k" + i + string().substring(1), value(depth - 1)));
        }
        yield object(members);
      }
      default -> {
        List<String> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(space() + value(depth - 1) + space());
        }
        yield "[" + String.join(",", elements) + "]";
      }
    };
  }

  String member(String quotedName, String value) {
    return space() + quotedName + space() + ":" + space() + value + space();
  }

  /** An object of the members in random order. */
  String object(List<String> members) {
    List<String> shuffled = new ArrayList<>(members);
    Collections.shuffle(shuffled, random);
    return "{" + (shuffled.isEmpty() ? space() : String.join(",", shuffled)) + "}";
  }
}
