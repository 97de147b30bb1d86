package io.tollgate.proxy.meter;

/** Takes the ends of the events of a stream. */
interface EventBoundary {
  /** For who does not care. */
  EventBoundary NONE = (offset, onlyUsage) -> {};

  /**
   * An event's blank line ended.
   *
   * @param offset in the current chunk, after the line's end; of CR LF, after the CR
   * @param onlyUsage whether the event carried usage and an empty list of choices
   */
  void eventEnds(int offset, boolean onlyUsage);
}
