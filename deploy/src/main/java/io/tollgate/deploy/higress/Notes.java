package io.tollgate.deploy.higress;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects notes; the same one twice is one. */
final class Notes {
  private final Set<Note> notes = new LinkedHashSet<>();

  void toDo(String place, String text) {
    notes.add(new Note(Note.Kind.TO_DO, place, text));
  }

  void leftOut(String place, String text) {
    notes.add(new Note(Note.Kind.LEFT_OUT, place, text));
  }

  void changed(String place, String text) {
    notes.add(new Note(Note.Kind.CHANGED, place, text));
  }

  List<Note> all() {
    return List.copyOf(notes);
  }
}
