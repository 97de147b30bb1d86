package io.tollgate.limiter;

/** What is in progress, until it ends. */
final class ConcurrencyModel implements CounterModel {
  private long held;

  @Override
  public long countedAt(long time) {
    return held;
  }

  @Override
  public long heldAt(long time) {
    return held;
  }

  @Override
  public boolean counts(long window, long now) {
    return true;
  }

  @Override
  public void hold(long tokens, long window, long now) {
    held += tokens;
  }

  @Override
  public void use(long tokens, long window, long now) {}

  @Override
  public long end(
      long freed, long counted, long size, long used, long window, long now, boolean whole) {
    held -= freed;
    return used;
  }

  @Override
  public void write(long used, long now) {}

  @Override
  public void clear(long now) {}

  /** Nobody knows when one will end: soon. */
  @Override
  public long wait(long most, long now) {
    return 1000;
  }
}
