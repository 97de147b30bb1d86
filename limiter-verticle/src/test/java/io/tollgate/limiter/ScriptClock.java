package io.tollgate.limiter;

import io.tollgate.store.Script;
import io.vertx.redis.client.Command;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The limiter's scripts with a clock that a test moves: a key instead of Redis's own time. */
final class ScriptClock {
  private static final String KEY = "clock";
  private static final String TIME = "redis.call('TIME')";
  private static final String OURS =
      "(function() local ms = tonumber(redis.call('GET', '"
          + KEY
          + "')) return {math.floor(ms / 1000), ms % 1000 * 1000} end)()";

  /** By Redis's own time keys are not to go, however fast ours is. */
  private static final String REST = "math.max(1, c.ends - now)";

  private static final String OUR_REST = "600000 + math.max(1, c.ends - now)";

  private final RedisFixture redis;
  private long now;

  ScriptClock(RedisFixture redis) {
    this.redis = redis;
  }

  static CounterScripts scripts() throws Exception {
    CounterScripts usual = CounterScripts.USUAL;
    return new CounterScripts(
        by(usual.admit()), by(usual.settle()), by(usual.renew()), by(usual.reap()));
  }

  private static Script by(Script script) throws Exception {
    String text = script.text().replace(TIME, OURS).replace(REST, OUR_REST);
    if (text.equals(script.text())) {
      throw new IllegalStateException("the script has another clock");
    }
    byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes("UTF-8"));
    return new Script(script.name(), text, HexFormat.of().formatHex(digest));
  }

  long now() {
    return now;
  }

  void set(long millis) throws Exception {
    now = millis;
    redis.send(Command.SET, KEY, Long.toString(millis));
  }

  void pass(long millis) throws Exception {
    set(now + millis);
  }
}
