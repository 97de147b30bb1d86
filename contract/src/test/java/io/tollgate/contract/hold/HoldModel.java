package io.tollgate.contract.hold;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules of one counter, said as plainly as possible: what the scripts of limiter and quota have
 * to do, and what they are tested against. A balance is a counter whose window never ends, with a
 * capacity of zero, that has used what is left of it with the sign turned.
 *
 * <p>Windows are numbered. What is held is added up anew each time.
 */
public final class HoldModel {
  /**
   * What a request holds; once its lease ran out, what it was billed.
   *
   * @param stamp what the request has used so far
   */
  public record Hold(long tokens, int window, long stamp, boolean billed) {
    /** Of a request that passed while the store was away. */
    public static final Hold NONE = new Hold(0, 0, 0, false);

    Hold stamped(long tokensSoFar) {
      return new Hold(tokens, window, Math.max(stamp, tokensSoFar), billed);
    }
  }

  private final Map<String, Hold> holds = new HashMap<>();
  private final Set<String> leaseOver = new HashSet<>();
  private final Set<String> settled = new HashSet<>();
  private long used;
  private boolean running;
  private int window;
  private int endedThrough;

  public long used() {
    return used;
  }

  /** Whether a window has begun and not ended. */
  public boolean running() {
    return running;
  }

  public long held() {
    return holds.values().stream()
        .filter(hold -> !hold.billed() && isCurrent(hold))
        .mapToLong(Hold::tokens)
        .sum();
  }

  /**
   * A request that has a hold keeps it. Others need something that is left; all of it if strict.
   */
  public boolean admits(String id, long estimate, long capacity, boolean strict) {
    sweep();
    long left = capacity - used - held();
    return holds.containsKey(id) || (left > 0 && (!strict || left >= estimate));
  }

  /** What an admitted request holds: the estimate, or what is left if that is less. */
  public Hold take(String id, long estimate, long capacity) {
    if (!holds.containsKey(id)) {
      long left = capacity - used - held();
      begin();
      holds.put(id, new Hold(Math.min(estimate, left), window, 0, false));
    }
    return holds.get(id);
  }

  /**
   * The request lives. If its lease had run out, what it was billed is given back and held again;
   * if nothing is known of it, what it was told it holds is. In a window that has ended nothing is
   * held, and what was billed stays so.
   */
  public void renew(String id, long tokensSoFar, Hold told) {
    if (!isLive(id) || tokensSoFar > holds.get(id).tokens()) {
      sweep();
    }
    if (isLive(id)) {
      leaseOver.remove(id);
      keep(id, holds.get(id).stamped(tokensSoFar));
    } else if (holds.containsKey(id)) {
      Hold billed = holds.get(id);
      boolean current = isCurrent(billed);
      use(current ? -billed.tokens() : 0);
      long tokens = current ? told.tokens() : billed.tokens();
      keep(id, new Hold(tokens, billed.window(), billed.stamp(), false).stamped(tokensSoFar));
    } else if (!settled.contains(id)) {
      if (told.equals(Hold.NONE)) {
        begin();
      }
      int taken = told.equals(Hold.NONE) ? window : found(told).window();
      keep(id, new Hold(told.tokens(), taken, tokensSoFar, false));
    }
  }

  /**
   * What was used is billed, once, and the hold is free.
   *
   * @param told what the request thinks that it holds
   * @param late whether it ended so long ago that its settlement may have been forgotten: where it
   *     had taken a hold that is not there, it was settled
   */
  public void settle(String id, long tokens, Hold told, boolean late) {
    sweep();
    Hold hold = holds.remove(id);
    boolean known = settled.contains(id) || (hold == null && late && !told.equals(Hold.NONE));
    if (!known) {
      bill(hold == null ? found(told) : hold, tokens);
      settled.add(id);
    } else if (hold != null) {
      bill(hold, 0);
    }
  }

  /** Nobody has renewed the hold for the length of a lease. */
  public void leaseRunsOut(String id) {
    if (isLive(id)) {
      leaseOver.add(id);
    }
  }

  /** Bills holds whose lease ran out at their stamps, and remembers what each was billed. */
  public void sweep() {
    for (String id : List.copyOf(leaseOver)) {
      Hold hold = holds.remove(id);
      bill(hold, settled.contains(id) ? 0 : hold.stamp());
      if (!settled.contains(id)) {
        long billed = isCurrent(hold) ? hold.stamp() : Math.max(hold.tokens(), hold.stamp());
        holds.put(id, new Hold(billed, hold.window(), billed, true));
      }
    }
    leaseOver.clear();
  }

  public void endWindow() {
    endedThrough = window;
    running = false;
    used = 0;
  }

  /** Another program has written the counter. */
  public void write(long tokensUsed) {
    begin();
    used = tokensUsed;
  }

  public void forgetSettled() {
    settled.clear();
  }

  /** A window that ran is gone before its end. */
  public void loseEverything() {
    running = false;
    used = 0;
    holds.clear();
    leaseOver.clear();
    settled.clear();
  }

  /** Whether the window that it was taken in has come to its end. */
  public boolean isOver(Hold hold) {
    return hold.window() <= endedThrough;
  }

  /** What has used more than it holds, holds that much. */
  private void keep(String id, Hold hold) {
    boolean grows = isCurrent(hold) && hold.stamp() > hold.tokens();
    holds.put(
        id, grows ? new Hold(hold.stamp(), hold.window(), hold.stamp(), hold.billed()) : hold);
  }

  /** What was lost before its window's end counts in what runs now; any bill of it is lost too. */
  private Hold found(Hold told) {
    if (isOver(told)) {
      return told;
    }
    begin();
    return new Hold(told.tokens(), window, told.stamp(), false);
  }

  private boolean isLive(String id) {
    return holds.containsKey(id) && !holds.get(id).billed();
  }

  /** Of a window that has ended only overruns count, in the window that runs now. */
  private void bill(Hold hold, long tokens) {
    long covered = isCurrent(hold) && !hold.billed() ? 0 : hold.tokens();
    use(isCurrent(hold) ? tokens - covered : Math.max(0, tokens - covered));
  }

  private void use(long tokens) {
    if (tokens != 0) {
      begin();
      used += tokens;
    }
  }

  private boolean isCurrent(Hold hold) {
    return running && hold.window() == window;
  }

  private void begin() {
    if (!running) {
      running = true;
      window++;
      used = 0;
    }
  }
}
