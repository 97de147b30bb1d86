package io.tollgate.limiter;

import io.vertx.redis.client.Response;

/** A script's reply that is a list of integers. */
record Numbers(Response list) {
  /**
   * @throws IllegalStateException when the script returned something else
   */
  long at(int index) {
    Long number = list.get(index).toLong();
    if (number == null) {
      throw new IllegalStateException("a script's reply has no number at " + index);
    }
    return number;
  }
}
