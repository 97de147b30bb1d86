package io.tollgate.contract.hold;

import java.time.Duration;

/** How long a hold lives without a sign of life from the node that serves its request. */
public final class Lease {
  /** A hold that was not renewed for so long is settled at its last stamp. */
  public static final Duration LENGTH = Duration.ofSeconds(8);

  /** How often a node renews the holds of its open requests. */
  public static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(1);

  private Lease() {}
}
