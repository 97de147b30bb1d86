package io.tollgate.limiter;

/**
 * A bucket that runs off evenly. Its level is counted in parts of a token, of which a period's
 * worth of milliseconds make one: so nothing is ever rounded.
 */
final class BucketModel implements CounterModel {
  private final long amount;
  private final long period;
  private long parts;
  private long held;
  private long at;
  private long begun;

  BucketModel(long amount, long periodMillis, long now) {
    this.amount = amount;
    this.period = periodMillis;
    this.at = now;
  }

  @Override
  public long countedAt(long time) {
    return Math.ceilDiv(partsAt(time), period);
  }

  @Override
  public long heldAt(long time) {
    return Math.min(partsAt(time) == 0 ? 0 : held, countedAt(time));
  }

  @Override
  public long window(long now) {
    begin(now);
    return Math.max(now, begun);
  }

  @Override
  public boolean counts(long window, long now) {
    pass(now);
    return parts > 0 && window >= begun;
  }

  @Override
  public void hold(long tokens, long window, long now) {
    pass(now);
    held += tokens;
    parts += tokens * period;
  }

  @Override
  public void use(long tokens, long window, long now) {
    if (tokens > 0) {
      begin(now);
    }
    pass(now);
    parts += tokens * period;
  }

  @Override
  public long end(
      long freed, long counted, long size, long used, long window, long now, boolean whole) {
    pass(now);
    long runOff = Math.min(size * period, (now + 1 - window) * amount);
    long counts = Math.max(used * period, runOff);
    long rounded = Math.ceilDiv(counts, period);
    held -= freed;
    parts += (whole ? rounded * period : counts) - (freed + counted) * period;
    parts = Math.max(0, parts);
    return rounded;
  }

  @Override
  public void write(long used, long now) {
    begin(now);
    parts = (used + heldAt(now)) * period;
  }

  @Override
  public void clear(long now) {
    pass(now);
    parts = 0;
    held = 0;
  }

  private long partsAt(long time) {
    // Below nothing it is only between two changes of the same moment.
    return Math.max(Math.min(0, parts), parts - (time - at) * amount);
  }

  private void pass(long now) {
    parts = partsAt(now);
    at = now;
    if (parts == 0) {
      held = 0;
    }
  }

  /** One that is empty has ended; what begins then counts apart from all that was before. */
  private void begin(long now) {
    pass(now);
    if (parts == 0) {
      begun = Math.max(begun, now) + 1;
    }
  }
}
