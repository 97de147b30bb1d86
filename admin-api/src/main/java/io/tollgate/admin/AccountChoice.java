package io.tollgate.admin;

import io.tollgate.admin.AdminSettings.QuotaRoute;
import java.util.List;
import java.util.Optional;

/** Which account a call is about: the only one there is, or that of the route it names. */
final class AccountChoice {
  private final List<QuotaRoute> routes;

  AccountChoice(List<QuotaRoute> routes) {
    this.routes = routes;
  }

  /**
   * @return the account's name
   */
  Checked<String> choose(Optional<String> route) {
    List<String> names = routes.stream().map(QuotaRoute::name).toList();
    if (names.isEmpty()) {
      return new Checked.Bad<>(
          Problem.of(409, "no_quota_configured", "no route of the configuration has ai-quota"));
    }
    return route.map(name -> named(name, names)).orElseGet(() -> onlyOne(names));
  }

  private Checked<String> named(String route, List<String> names) {
    return routes.stream()
        .filter(candidate -> candidate.name().equals(route))
        .findFirst()
        .<Checked<String>>map(found -> new Checked.Good<>(found.account()))
        .orElseGet(
            () ->
                new Checked.Bad<>(
                    Problem.unacceptable(
                        "route", route, "a route with ai-quota: " + String.join(", ", names))));
  }

  private Checked<String> onlyOne(List<String> names) {
    List<String> accounts = routes.stream().map(QuotaRoute::account).distinct().toList();
    return accounts.size() == 1
        ? new Checked.Good<>(accounts.getFirst())
        : new Checked.Bad<>(Problem.routeRequired(names));
  }
}
