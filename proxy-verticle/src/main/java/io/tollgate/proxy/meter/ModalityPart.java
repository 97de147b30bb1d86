package io.tollgate.proxy.meter;

/**
 * One entry of a list that tells the tokens of a modality, whose two fields come in any order. Only
 * sound is kept apart.
 */
final class ModalityPart {
  private static final String SOUND = "AUDIO";
  private static final long UNKNOWN = -1;

  private boolean isSound;
  private long tokens = UNKNOWN;

  void modality(String name) {
    isSound = name.equals(SOUND);
  }

  void tokens(long number) {
    tokens = number;
  }

  /** Ends the entry and reports it as the field that this list is about. */
  void end(AnswerField field, ReportedUsage usage) {
    if (isSound && tokens != UNKNOWN) {
      usage.report(field, tokens);
    }
    isSound = false;
    tokens = UNKNOWN;
  }
}
