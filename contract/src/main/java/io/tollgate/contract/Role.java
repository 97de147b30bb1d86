package io.tollgate.contract;

import java.util.Locale;

/** A job that a node can take on; a cluster needs each of them on at least one node. */
public enum Role {
  AUTH,
  LIMITER,
  QUOTA,
  PROXY,
  ADMIN;

  /** The name used in {@code --roles}, in addresses and in announcements. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
