package io.tollgate.deploy.higress;

/**
 * One thing that whoever imports has to know.
 *
 * @param place file and path of the key
 * @param text what, why, and what to do; without secrets
 */
public record Note(Kind kind, String place, String text) {
  /** What a note asks of its reader. */
  public enum Kind {
    /** The result stands with a placeholder until somebody fills it in. */
    TO_DO("to do"),
    /** Was in the files and is not in the result. */
    LEFT_OUT("not carried over"),
    /** Is in the result; whether it means the same as before is for the reader to see. */
    CHANGED("note");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  @Override
  public String toString() {
    return kind.label + ": " + place + ": " + text;
  }
}
