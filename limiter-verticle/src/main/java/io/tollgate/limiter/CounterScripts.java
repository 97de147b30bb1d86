package io.tollgate.limiter;

import io.tollgate.store.Script;
import java.util.ArrayList;
import java.util.List;

/** The scripts on counters, each with the parts that they share. */
record CounterScripts(Script admit, Script settle, Script renew, Script reap) {
  static final CounterScripts USUAL =
      new CounterScripts(
          load("penalty.lua", "admit.lua"),
          load("settle.lua"),
          load("renew.lua"),
          load("reap.lua"));

  private static Script load(String... own) {
    List<String> parts = new ArrayList<>(List.of("shapes.lua", "counter.lua"));
    parts.addAll(List.of(own));
    return Script.load(CounterScripts.class, "call.lua", parts.toArray(String[]::new));
  }
}
