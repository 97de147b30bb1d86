package io.tollgate.proxy.service;

import io.tollgate.contract.config.KeyTemplate;
import io.tollgate.contract.config.KeyTemplate.Part;
import io.tollgate.contract.config.LimitServiceConfig.Match;
import io.tollgate.contract.explain.Passing;
import io.tollgate.contract.explain.ServiceView;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Tells what a route's limiting service has to do with a request, without asking it. */
public final class ServiceTrace {
  private ServiceTrace() {}

  public static ServiceView of(ServiceRule rule, CallView call) {
    boolean concerned = !rule.keysOf(call).isEmpty();
    List<ServiceView.Condition> conditions =
        IntStream.range(0, rule.conditions().size())
            .mapToObj(
                i -> condition(rule.config().matches().get(i), rule.conditions().get(i).test(call)))
            .toList();
    return new ServiceView(
        rule.config().service().toString(),
        concerned,
        conditions,
        rule.config().keys().stream().map(template -> key(template, call)).toList(),
        concerned ? Passing.UNKNOWN : Passing.PASSES,
        concerned
            ? "not asked, as a question changes its buckets; fallOpen: " + rule.config().failOpen()
            : unconcerned(conditions));
  }

  private static ServiceView.Condition condition(Match match, boolean holds) {
    String kind = match.kind().name().toLowerCase(Locale.ROOT);
    return new ServiceView.Condition(match.of(), kind + ' ' + match.value(), holds);
  }

  private static ServiceView.Key key(KeyTemplate template, CallView call) {
    String missing =
        template.parts().stream()
            .filter(part -> part instanceof Part.Fact fact && call.of(fact) == null)
            .map(Part::text)
            .findFirst()
            .orElse(null);
    return new ServiceView.Key(template.toString(), ServiceRule.key(template, call), missing);
  }

  private static String unconcerned(List<ServiceView.Condition> conditions) {
    return conditions.stream().allMatch(ServiceView.Condition::holds)
        ? "not asked about such requests: none of the keys can be made"
        : "not asked about such requests: a condition does not hold";
  }
}
