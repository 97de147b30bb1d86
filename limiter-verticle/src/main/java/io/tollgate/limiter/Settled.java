package io.tollgate.limiter;

import io.tollgate.contract.hold.LimitHold;
import java.util.List;
import java.util.Optional;

/**
 * What became of the holds of one request.
 *
 * @param unsettled the first whose counter holds no integer
 * @param counted how the counters stand, one for each hold
 */
record Settled(Optional<LimitHold> unsettled, List<Counted> counted) {
  /**
   * @param counter the Redis key of the hold's counter
   * @param used what is used now, zero where nothing runs
   * @param resetMillis for how long that counts
   */
  record Counted(LimitHold hold, String counter, long used, long resetMillis) {}
}
