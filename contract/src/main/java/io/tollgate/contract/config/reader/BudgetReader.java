package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.LimitMode;
import io.tollgate.contract.config.OnExhausted;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.tokens.Count;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The entries of {@code quotas}: budgets beside the routes' plain balances. */
final class BudgetReader {
  private static final String ALLOWED = "a list of quotas with name, tokens and per";
  private static final String DIMENSIONS =
      "consumer, model, route, label:<name>, or a list of these";

  /** What Redis's scripts count exactly, with room for what is carried over. */
  private static final long MOST_TOKENS = 1_000_000_000_000_000L;

  /** It stands in Redis keys and in paths of the administrator's interface. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private static final Map<String, LimitMode> MODES = new LinkedHashMap<>();
  private static final Map<String, OnExhausted> ENDS = new LinkedHashMap<>();

  static {
    MODES.put("enforce", LimitMode.ENFORCE);
    MODES.put("shadow", LimitMode.SHADOW);
    ENDS.put("finish", OnExhausted.FINISH);
    ENDS.put("stop", OnExhausted.STOP);
  }

  private final KnownNames known;
  private final StoreTable stores;
  private final SelectorReader selectors;
  private final DimensionReader dimensions;
  private final Map<String, String> paths = new LinkedHashMap<>();

  private BudgetReader(KnownNames known, StoreTable stores) {
    this.known = known;
    this.stores = stores;
    this.selectors = new SelectorReader(known);
    this.dimensions = new DimensionReader(known);
  }

  static List<Budget> readAll(Value value, KnownNames known, StoreTable stores) {
    BudgetReader reader = new BudgetReader(known, stores);
    List<Budget> budgets = new ArrayList<>();
    for (Value entry : value.list(ALLOWED, List.of())) {
      budgets.add(reader.read(entry));
    }
    return budgets;
  }

  private Budget read(Value value) {
    try (Section quota = Section.required(value, "a section with name, tokens and per")) {
      Period period = period(quota.value("per"), quota.value("time_zone"));
      Value count = quota.value("count");
      boolean countsRequests = count.node().asText().equals("requests");
      LimitMode mode = quota.value("mode").choice(MODES, LimitMode.ENFORCE);
      return new Budget(
          name(quota.value("name")),
          of(quota.value("limit_by")),
          selectors.ofQuota(quota.value("when")),
          countsRequests ? Count.REQUESTS : CountReader.read(count, Count.TOTAL),
          amount(quota.value("tokens"), period),
          period,
          carryOver(quota.value("carry_over"), period),
          tokens(quota.value("overdraft")),
          mode,
          onExhausted(quota.value("on_exhausted"), mode),
          AlertLevels.read(quota.value("alerts")),
          stores.read(quota.value("redis")),
          FailPolicies.read(quota.value("fail"), FailPolicy.CLOSED));
    }
  }

  private String name(Value value) {
    String name = value.text(NAME, "a name of letters, digits, ., _ and -, of at most 64");
    String first = name.isBlank() ? null : paths.putIfAbsent(name, value.path());
    if (first != null) {
      value.fault(Value.quote(name) + " a second time", "a name other than that of " + first);
    }
    return name;
  }

  private List<String> of(Value value) {
    if (value.isAbsent()) {
      return List.of();
    }
    List<String> read = dimensions.read(value);
    for (String dimension : read) {
      String label = dimension.startsWith("label:") ? dimension.substring(6) : null;
      if (label != null && !known.labels().containsKey(label)) {
        value.fault(
            dimension + ", a label that no consumer has",
            known.labels().isEmpty()
                ? "a label of a consumer, of which there are none"
                : "a label of a consumer: "
                    + String.join(", ", known.labels().keySet())
                    + Spelling.didYouMean(label, known.labels().keySet()));
      } else if (label == null && !List.of("consumer", "model", "route").contains(dimension)) {
        value.fault(Value.quote(dimension) + ", by which no quota can be kept", DIMENSIONS);
      }
    }
    return read;
  }

  private static @Nullable Period period(Value per, Value zone) {
    if (per.isAbsent()) {
      if (!zone.isAbsent()) {
        zone.fault(
            zone.found() + " for a quota that is never refilled", "per beside it, or no time_zone");
      }
      return null;
    }
    return PeriodReader.read(per, zone.isAbsent() ? null : TimeZones.read(zone));
  }

  private static long amount(Value value, @Nullable Period period) {
    if (value.isAbsent() && period == null) {
      return 0;
    }
    return value.number(period == null ? 0 : 1, MOST_TOKENS);
  }

  private static long carryOver(Value value, @Nullable Period period) {
    if (!value.isAbsent() && period == null) {
      value.fault(
          value.found() + " for a quota that is never refilled", "per beside it, or no carry_over");
    }
    return tokens(value);
  }

  private static OnExhausted onExhausted(Value value, LimitMode mode) {
    OnExhausted chosen = value.choice(ENDS, OnExhausted.FINISH);
    if (chosen == OnExhausted.STOP && mode == LimitMode.SHADOW) {
      value.fault("stop for a quota that only counts", "finish, or mode: enforce");
    }
    return chosen;
  }

  private static long tokens(Value value) {
    return value.isAbsent() ? 0 : value.number(0, MOST_TOKENS);
  }
}
