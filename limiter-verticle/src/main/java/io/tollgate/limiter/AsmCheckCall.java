package io.tollgate.limiter;

import io.tollgate.store.RedisLink;
import io.tollgate.store.Script;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs {@code asm-check.lua} for a batch of requests on one store. */
final class AsmCheckCall
    implements Function<List<AsmCheckCall.Question>, Future<List<AsmCheckCall.Answer>>> {
  private static final Script SCRIPT = Script.load(AsmCheckCall.class, "asm.lua", "asm-check.lua");

  /**
   * @param requestId empty when the caller has not said it; then nothing is held
   * @param tokens to hold of each bucket
   * @param lease after which what is held is free again
   * @param buckets of one slot, at least one
   */
  record Question(String requestId, long tokens, Duration lease, List<AsmBucket> buckets) {}

  /** What the buckets say, up to the first that does not let the request pass. */
  sealed interface Answer {
    /** There is something in each. */
    record Free() implements Answer {}

    record Exhausted(AsmBucket bucket) implements Answer {}

    /** Its keys hold something that is no number. */
    record Broken(AsmBucket bucket) implements Answer {}
  }

  private final RedisLink link;

  AsmCheckCall(RedisLink link) {
    this.link = link;
  }

  @Override
  public Future<List<Answer>> apply(List<Question> batch) {
    AsmTable table = new AsmTable().add(batch.size());
    for (Question question : batch) {
      table
          .add(question.requestId())
          .add(question.tokens())
          .add(question.lease().toMillis())
          .addAll(question.buckets());
    }
    return link.run(SCRIPT, table.keys(), table.args()).map(replies -> answers(batch, replies));
  }

  private static List<Answer> answers(List<Question> batch, Response replies) {
    Numbers places = new Numbers(replies);
    List<Answer> answers = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      answers.add(answer(batch.get(i).buckets(), Math.toIntExact(places.at(i))));
    }
    return answers;
  }

  private static Answer answer(List<AsmBucket> buckets, int place) {
    if (place == 0) {
      return new Answer.Free();
    }
    return place > 0
        ? new Answer.Exhausted(buckets.get(place - 1))
        : new Answer.Broken(buckets.get(-place - 1));
  }
}
