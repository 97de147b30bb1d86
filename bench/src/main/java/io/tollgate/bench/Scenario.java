package io.tollgate.bench;

import java.util.Locale;

/** A kind of request. */
enum Scenario {
  /** About 1 KB of question, about 1 KB of answer. */
  SHORT,
  /** The same question; an answer of {@link FixedProvider#CHUNKS} chunks. */
  STREAM;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The request's JSON. */
  String body() {
    return "{\"model\":\"bench\","
        + (this == STREAM ? "\"stream\":true," : "")
        + "\"messages\":[{\"role\":\"system\",\"content\":\"You answer briefly.\"},"
        + "{\"role\":\"user\",\"content\":\""
        + "What does the keeper of the gate ask of those who pass? ".repeat(15)
        + "\"}],\"max_tokens\":50}";
  }
}
