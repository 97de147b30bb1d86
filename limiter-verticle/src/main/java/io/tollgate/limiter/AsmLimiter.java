package io.tollgate.limiter;

import io.tollgate.contract.config.Live;
import io.tollgate.limiter.AsmCheckCall.Answer;
import io.tollgate.store.Batcher;
import io.tollgate.store.RedisLink;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of the ASM interface. Buckets of one slot that follow one another are asked in one
 * script call; those after the first that is exhausted are not asked.
 *
 * <p>Used on one event loop.
 */
final class AsmLimiter {
  private static final Logger log = LoggerFactory.getLogger(AsmLimiter.class);

  /** More would make a script hold up Redis, and with it everybody else. */
  private static final int MAX_BATCH = 64;

  /** A larger amount is a caller's fault, and a few of them would be more than Lua can count. */
  private static final long MOST_TOKENS = 1L << 40;

  private final Live<AsmTariff> tariff;
  private final RedisLink link;
  private final Batcher<AsmCheckCall.Question, Answer> checks;
  private final Batcher<AsmDebitCall.Question, Optional<AsmBucket>> debits;

  /**
   * A caller's name for a request, by which it has holds and is debited once.
   *
   * @param tokens to hold of each bucket
   * @param lease after which what is held is free again
   */
  record Identity(String requestId, long tokens, Duration lease) {
    /** Of a request that its caller has not named: it holds nothing. */
    static final Identity UNKNOWN = new Identity("", 1, Duration.ZERO);

    boolean isKnown() {
      return !requestId.isEmpty();
    }
  }

  AsmLimiter(Live<AsmTariff> tariff, RedisLink link) {
    this.tariff = tariff;
    this.link = link;
    this.checks =
        link.batcher(MAX_BATCH, q -> slotOf(q.buckets().getFirst()), new AsmCheckCall(link));
    this.debits =
        link.batcher(MAX_BATCH, q -> slotOf(q.buckets().getFirst()), new AsmDebitCall(link));
  }

  /**
   * Whether a request with these keys may pass now. One that is identified then holds something of
   * each bucket; one that may not pass holds nothing.
   *
   * @return the first key that is exhausted; fails when Redis can't be asked up to there
   */
  Future<Optional<String>> check(List<String> keys, Identity identity) {
    return check(runs(bucketsOf(keys, identity)), 0, identity);
  }

  /**
   * Takes what was used off the keys' buckets.
   *
   * @param requestId empty when the caller does not identify the request; else all but the first
   *     time change nothing
   */
  Future<Void> debit(List<String> keys, String requestId, long tokens) {
    Identity identity = new Identity(requestId, 0, Duration.ZERO);
    return debitAll(runs(bucketsOf(keys, identity)), requestId, Math.min(tokens, MOST_TOKENS));
  }

  private Future<Optional<String>> check(List<List<AsmBucket>> runs, int next, Identity identity) {
    if (next == runs.size()) {
      return Future.succeededFuture(Optional.empty());
    }
    List<AsmBucket> run = runs.get(next);
    return checks
        .submit(
            new AsmCheckCall.Question(
                identity.requestId(), identity.tokens(), identity.lease(), run))
        .compose(
            answer ->
                switch (answer) {
                  case Answer.Free free ->
                      check(runs, next + 1, identity)
                          .onSuccess(exhausted -> exhausted.ifPresent(key -> free(run, identity)));
                  case Answer.Exhausted exhausted ->
                      Future.succeededFuture(Optional.of(exhausted.bucket().key()));
                  case Answer.Broken broken -> Future.failedFuture(new BrokenBucket());
                })
        .onFailure(fault -> free(run, identity));
  }

  /** Nobody waits for it: where it fails the lease runs out. */
  private void free(List<AsmBucket> run, Identity identity) {
    if (identity.isKnown()) {
      debitAll(List.of(run), identity.requestId(), AsmDebitCall.NOTHING)
          .onFailure(fault -> log.debug("holds are left to their lease", fault));
    }
  }

  private Future<Void> debitAll(List<List<AsmBucket>> runs, String requestId, long tokens) {
    List<Future<Void>> debited = new ArrayList<>(runs.size());
    for (List<AsmBucket> run : runs) {
      debited.add(
          debits
              .submit(new AsmDebitCall.Question(requestId, tokens, run))
              .compose(
                  broken ->
                      broken.isPresent()
                          ? Future.failedFuture(new BrokenBucket())
                          : Future.succeededFuture()));
    }
    return Future.join(debited).mapEmpty();
  }

  /** A request that is identified touches each bucket once, any other as often as it is named. */
  private List<AsmBucket> bucketsOf(List<String> keys, Identity identity) {
    AsmRules rules = tariff.now().rules();
    Map<String, Optional<AsmBucket>> found = new LinkedHashMap<>();
    keys.forEach(key -> found.computeIfAbsent(key, rules::bucketOf));
    List<String> named = identity.isKnown() ? List.copyOf(found.keySet()) : keys;
    return named.stream().map(found::get).flatMap(Optional::stream).toList();
  }

  private List<List<AsmBucket>> runs(List<AsmBucket> buckets) {
    List<List<AsmBucket>> runs = new ArrayList<>();
    int slot = -1;
    for (AsmBucket bucket : buckets) {
      int own = slotOf(bucket);
      if (runs.isEmpty() || own != slot) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(bucket);
      slot = own;
    }
    return runs;
  }

  private int slotOf(AsmBucket bucket) {
    return link.slot(() -> bucket.keys().balance());
  }

  /** Carries no stack trace. */
  private static final class BrokenBucket extends RuntimeException {
    BrokenBucket() {
      super("a bucket's keys hold something that is no number", null, false, false);
    }
  }
}
