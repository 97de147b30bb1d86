package io.tollgate.contract.usage;

/** The store has confirmed the whole of what was asked, now or on an earlier delivery. */
public record Acknowledged() {
  public static final Acknowledged YES = new Acknowledged();
}
