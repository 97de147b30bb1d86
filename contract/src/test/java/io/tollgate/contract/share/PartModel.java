package io.tollgate.contract.share;

import java.util.ArrayList;
import java.util.List;

/** How one node's part counts over time, said as plainly as possible; times are milliseconds. */
interface PartModel {
  /** What of the limit this node may use at a time. */
  long part(long time);

  /** What is used and held at a time, if nothing happens until then. */
  long counted(long time);

  void hold(String id, long tokens, long now);

  /** A request has ended that held so many tokens. */
  void end(String id, long tokens, long used, long now);

  /** Whether a request passes at a time, if nothing happens until then. */
  default boolean passes(long time) {
    return counted(time) < part(time);
  }

  /** All that was ever held or used, by its slice. */
  final class Sliding implements PartModel {
    private record Entry(String id, long at, long tokens) {}

    private final long capacity;
    private final long period;
    private final long slice;
    private final long seen;
    private final long seenUntil;
    private final int nodes;
    private final List<Entry> entries = new ArrayList<>();

    Sliding(long capacity, long period, long seen, long seenUntil, int nodes) {
      this.capacity = capacity;
      this.period = period;
      this.slice = (period + 29) / 30;
      this.seen = seen;
      this.seenUntil = seenUntil;
      this.nodes = nodes;
    }

    @Override
    public long part(long time) {
      long whole = capacity - (time < seenUntil ? seen : 0);
      return whole <= 0 ? 0 : Math.max(1, whole / nodes);
    }

    @Override
    public long counted(long time) {
      return entries.stream().filter(e -> counts(e.at(), time)).mapToLong(Entry::tokens).sum();
    }

    @Override
    public void hold(String id, long tokens, long now) {
      entries.add(new Entry(id, now, tokens));
    }

    @Override
    public void end(String id, long tokens, long used, long now) {
      Entry held = entries.stream().filter(e -> e.id().equals(id)).findFirst().orElseThrow();
      entries.remove(held);
      boolean counts = counts(held.at(), now);
      entries.add(
          counts
              ? new Entry("used", held.at(), used)
              : new Entry("used", now, Math.max(0, used - tokens)));
    }

    private boolean counts(long at, long time) {
      return (at / slice + 1) * slice + period > time;
    }
  }

  /** A level in parts of a token, of which {@code period * nodes} make one: nothing is rounded. */
  final class Bucket implements PartModel {
    private record Held(String id, long at, long tokens) {}

    private final long amount;
    private final long unit;
    private final long burst;
    private final int nodes;
    private final List<Held> holds = new ArrayList<>();
    private long parts;
    private long at;

    Bucket(long amount, long period, long burst, long seen, long now, int nodes) {
      this.amount = amount;
      this.unit = period * nodes;
      this.burst = burst;
      this.nodes = nodes;
      this.parts = seen * period;
      this.at = now;
    }

    @Override
    public long part(long time) {
      return Math.max(1, burst / nodes);
    }

    @Override
    public long counted(long time) {
      return Math.ceilDiv(partsAt(time), unit);
    }

    @Override
    public void hold(String id, long tokens, long now) {
      pass(now);
      holds.add(new Held(id, now, tokens));
      parts += tokens * unit;
    }

    @Override
    public void end(String id, long tokens, long used, long now) {
      pass(now);
      Held held = holds.stream().filter(h -> h.id().equals(id)).findFirst().orElse(null);
      if (held == null) {
        parts += Math.max(0, used - tokens) * unit;
        return;
      }
      holds.remove(held);
      long runOff = Math.min(held.tokens() * unit, (now - held.at()) * amount);
      parts = Math.max(0, parts + Math.max(used * unit, runOff) - held.tokens() * unit);
    }

    private long partsAt(long time) {
      return Math.max(0, parts - (time - at) * amount);
    }

    private void pass(long now) {
      parts = partsAt(now);
      at = now;
      if (parts == 0) {
        holds.removeIf(h -> h.at() < now);
      }
    }
  }
}
