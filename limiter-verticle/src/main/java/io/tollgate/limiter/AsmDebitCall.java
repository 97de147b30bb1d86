package io.tollgate.limiter;

import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs {@code asm-debit.lua} for a batch of requests on one store. */
final class AsmDebitCall
    implements Function<List<AsmDebitCall.Question>, Future<List<Optional<AsmBucket>>>> {
  /** In place of tokens: what the request holds is freed, and it may still be debited. */
  static final long NOTHING = -1;

  private static final Script SCRIPT = Script.load(AsmDebitCall.class, "asm.lua", "asm-debit.lua");

  /**
   * @param requestId empty when the caller has not said it; then nothing tells a repetition
   * @param tokens that it used, or {@link #NOTHING}
   * @param buckets of one slot, at least one
   */
  record Question(String requestId, long tokens, List<AsmBucket> buckets) {}

  private final RedisLink link;

  AsmDebitCall(RedisLink link) {
    this.link = link;
  }

  /** For each request the first bucket that can't be debited, as it holds no number. */
  @Override
  public Future<List<Optional<AsmBucket>>> apply(List<Question> batch) {
    AsmTable table = new AsmTable().add(batch.size());
    for (Question question : batch) {
      table.add(question.requestId()).add(question.tokens()).addAll(question.buckets());
    }
    return link.run(SCRIPT, table.keys(), table.args()).map(replies -> broken(batch, replies));
  }

  private static List<Optional<AsmBucket>> broken(List<Question> batch, Response replies) {
    Numbers places = new Numbers(replies);
    List<Optional<AsmBucket>> broken = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      int place = Math.toIntExact(places.at(i));
      broken.add(
          place == 0 ? Optional.empty() : Optional.of(batch.get(i).buckets().get(place - 1)));
    }
    return broken;
  }
}
