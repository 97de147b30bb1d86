package io.tollgate.limiter;

import io.tollgate.store.Script;

/** The scripts on counters, each with the parts that they share. */
record CounterScripts(Script admit, Script settle, Script renew, Script reap) {
  static final CounterScripts USUAL =
      new CounterScripts(
          load("admit.lua"), load("settle.lua"), load("renew.lua"), load("reap.lua"));

  private static Script load(String name) {
    return Script.load(CounterScripts.class, "call.lua", "shapes.lua", "counter.lua", name);
  }
}
