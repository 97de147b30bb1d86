package io.tollgate.limiter;

import io.tollgate.store.TestClock;
import io.vertx.redis.client.Command;

/** The limiter's scripts with a clock that a test moves. */
final class ScriptClock {
  private final RedisFixture redis;
  private long now;

  ScriptClock(RedisFixture redis) {
    this.redis = redis;
  }

  static CounterScripts scripts() {
    CounterScripts usual = CounterScripts.USUAL;
    return new CounterScripts(
        TestClock.by(usual.admit()),
        TestClock.by(usual.settle()),
        TestClock.by(usual.renew()),
        TestClock.by(usual.reap()));
  }

  long now() {
    return now;
  }

  void set(long millis) throws Exception {
    now = millis;
    redis.send(Command.SET, TestClock.KEY, Long.toString(millis));
  }

  void pass(long millis) throws Exception {
    set(now + millis);
  }
}
