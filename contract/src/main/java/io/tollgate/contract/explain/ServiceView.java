package io.tollgate.contract.explain;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route's limiting service has to do with a request. Explaining never asks one: by its
 * contract a question refills buckets and begins those that there are not.
 *
 * @param service its base address
 * @param concerned whether it would be asked about such a request
 * @param conditions in the order of the configuration; all must hold
 * @param keys in the order of the configuration; the service would be asked about all that there
 *     are
 * @param passing never {@link Passing#REFUSES}, as it is not asked
 * @param note why it is not asked, and what goes when it does not answer
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ServiceView(
    String service,
    boolean concerned,
    List<Condition> conditions,
    List<Key> keys,
    Passing passing,
    String note) {
  public ServiceView {
    conditions = List.copyOf(conditions);
    keys = List.copyOf(keys);
  }

  /**
   * @param of {@code host}, {@code path} or {@code header:<name>}
   * @param is what that must be, such as {@code prefix /v1/chat}
   */
  public record Condition(String of, String is, boolean holds) {}

  /**
   * @param key what it gives for the request; null when a part is missing
   * @param missing the first such part; null when none is
   */
  public record Key(String template, @Nullable String key, @Nullable String missing) {}
}
