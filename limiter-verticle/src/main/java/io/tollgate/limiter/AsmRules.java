package io.tollgate.limiter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LimiterHttp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which bucket a key of the ASM interface goes by. Immutable. */
final class AsmRules {
  private record Compiled(Pattern expression, LimiterHttp.Rule rule) {}

  private final List<Compiled> rules;
  private final AsmNames names;

  AsmRules(List<LimiterHttp.Rule> rules, AsmNames names) {
    this.rules =
        rules.stream()
            .map(rule -> new Compiled(Pattern.compile(rule.keyExpression()), rule))
            .toList();
    this.names = names;
  }

  /** Expressions that can't be compiled; empty when all can. */
  static List<ConfigFault> faultsIn(LimiterHttp config) {
    List<ConfigFault> faults = new ArrayList<>();
    for (int i = 0; i < config.rules().size(); i++) {
      try {
        Pattern unused = Pattern.compile(config.rules().get(i).keyExpression());
      } catch (PatternSyntaxException e) {
        faults.add(
            new ConfigFault(
                "limiter_http.rate_limit_config[" + i + "].rate_limit_key_regex",
                "invalid rate_limit_key_regex: " + e.getMessage(),
                "an RE2 expression"));
      }
    }
    return faults;
  }

  /** The key's bucket by the first rule whose expression is found in it; none when it is free. */
  Optional<AsmBucket> bucketOf(String key) {
    return rules.stream()
        .filter(each -> each.expression().matcher(key).find())
        .findFirst()
        .map(each -> new AsmBucket(key, names.of(key), each.rule()));
  }
}
