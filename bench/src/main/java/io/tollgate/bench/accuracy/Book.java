package io.tollgate.bench.accuracy;

import java.util.Map;

/**
 * What Redis says was billed to each account of one kind; an account that is not named got none.
 */
record Book(String name, Map<String, Long> billed) {
  Book {
    billed = Map.copyOf(billed);
  }

  long billedTo(String account) {
    return billed.getOrDefault(account, 0L);
  }
}
