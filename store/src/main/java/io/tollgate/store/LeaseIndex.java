package io.tollgate.store;

import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names in one store of what has leases, so that any node finds those that run out: a sorted set of
 * names by the time, of Redis's clock, when to look at them.
 *
 * <p>Used on one event loop.
 */
public final class LeaseIndex {
  private static final Logger log = LoggerFactory.getLogger(LeaseIndex.class);
  private static final Script PUT = Script.load(LeaseIndex.class, "leases-put.lua");
  private static final Script CLAIM = Script.load(LeaseIndex.class, "leases-claim.lua");
  private static final Script MOVE = Script.load(LeaseIndex.class, "leases-move.lua");

  /** Those who look take a fraction of it; another node looks after it when they die meanwhile. */
  private static final Duration CLAIM_LENGTH = Duration.ofSeconds(1);

  private static final Duration KEPT = Duration.ofDays(14);
  private static final int MOST_CLAIMED = 64;
  private static final int MOST_REMEMBERED = 10_000;

  /** A claimed name, with the time under which it is claimed. */
  record Claim(String name, String time) {}

  private final RedisLink link;
  private final List<String> key;
  private final String leaseMillis;
  private final RecentNames recent;

  /**
   * @param key of the sorted set
   * @param lease how long what is named lives without being renewed
   */
  public LeaseIndex(RedisLink link, String key, Duration lease) {
    this(link, key, lease, System::nanoTime);
  }

  LeaseIndex(RedisLink link, String key, Duration lease, LongSupplier nanoTime) {
    this.link = link;
    this.key = List.of(key);
    this.leaseMillis = Long.toString(lease.toMillis());
    // Half of it at most passes between two puts: the index keeps a name for a whole lease or more.
    this.recent = new RecentNames(lease.dividedBy(4), MOST_REMEMBERED, nanoTime);
  }

  /**
   * Says that these names have leases. Sends nothing for those of which it was said a moment ago,
   * and otherwise one command, ahead of what is sent next; nobody waits for it. Where it fails, the
   * next renewal says it again.
   */
  public void put(Collection<String> names) {
    List<String> fresh = recent.addAll(names);
    if (fresh.isEmpty()) {
      return;
    }
    List<String> args = new ArrayList<>(fresh.size() + 2);
    args.add(leaseMillis);
    args.add(Long.toString(KEPT.toMillis()));
    args.addAll(fresh);
    link.run(PUT, key, args)
        .onFailure(
            fault -> {
              recent.clear();
              log.debug("leases not put into {}: {}", key, fault.getMessage());
            });
  }

  /** Names that are due; nobody else is given them for a moment. */
  Future<List<Claim>> claim() {
    List<String> args =
        List.of(Long.toString(CLAIM_LENGTH.toMillis()), Integer.toString(MOST_CLAIMED));
    return link.run(CLAIM, key, args).map(LeaseIndex::claims);
  }

  /**
   * @param delaysMillis for each claim when to look again; negative when nothing has a lease there
   */
  Future<Void> move(List<Claim> claims, List<Long> delaysMillis) {
    List<String> args = new ArrayList<>(1 + 3 * claims.size());
    args.add(leaseMillis);
    for (int i = 0; i < claims.size(); i++) {
      args.add(claims.get(i).name());
      args.add(claims.get(i).time());
      args.add(Long.toString(delaysMillis.get(i)));
    }
    return link.run(MOVE, key, args).mapEmpty();
  }

  private static List<Claim> claims(Response names) {
    List<Claim> claims = new ArrayList<>(names.size() / 2);
    for (int i = 0; i < names.size(); i += 2) {
      claims.add(new Claim(names.get(i).toString(), names.get(i + 1).toString()));
    }
    return claims;
  }
}
