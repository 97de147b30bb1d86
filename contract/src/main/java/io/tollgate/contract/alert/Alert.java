package io.tollgate.contract.alert;

import io.tollgate.contract.bus.Topic;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A limit or quota is used up to one of its levels. Raised once for each counter, window and level
 * in the whole cluster; of a quota once more when something was added in between.
 *
 * @param id unique; the same however often the alert is delivered
 * @param rule the limit as in refusals, {@code <rule_name>/<type>[:<key name>]/<window>}, or the
 *     name of the quota; made of names in the configuration only
 * @param subject whose counter it is, such as a consumer or a team; a value that may be secret is
 *     told as {@code sha256:<hex>}; null for a counter that is everybody's
 * @param level the level in percent
 * @param used what is used; in {@code unit}
 * @param limit what may be used, as it is now; of a quota all that there was to spend
 * @param unit {@code tokens}, {@code requests} or {@code concurrent requests}
 * @param window the limit's window as in its Redis key, or the quota's period in the same words,
 *     which is empty for one that is never refilled
 * @param shadow whether the rule only counts and refuses nobody
 * @param node the id of the node that noticed
 * @param atMillis when, since the epoch
 */
public record Alert(
    String id,
    Kind kind,
    String rule,
    @Nullable String subject,
    int level,
    long used,
    long limit,
    String unit,
    String window,
    boolean shadow,
    String node,
    long atMillis) {
  /** Heard by every node. */
  public static final Topic<Alert> TOPIC = new Topic<>("tollgate.event.alert", Alert.class);

  /** What is used up. */
  public enum Kind {
    LIMIT,
    QUOTA;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
