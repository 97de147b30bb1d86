package io.tollgate.quota;

import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.ConsumerConfig;
import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteConfig;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.quota.BudgetScope;
import io.tollgate.contract.quota.BudgetValues;
import io.tollgate.contract.quota.ReserveRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one version of the configuration says about quotas, and all that follows. Immutable. */
public final class QuotaSettings {
  /** A budget, with where its balances are. */
  private record Scoped(BudgetScope scope, Account account) {}

  private final Map<String, Optional<QuotaBlock>> routes;
  private final Map<String, Account> accounts;
  private final Map<String, List<String>> values;
  private final Map<String, List<Scoped>> budgetsOf;
  private final Map<String, Account> accountOfBudget;
  private final Set<String> sharedPrefixes;

  /**
   * Without budgets.
   *
   * @param routes every route by name, with its plain quota if it has one
   * @param consumers every configured consumer
   */
  public QuotaSettings(Map<String, Optional<QuotaBlock>> routes, List<String> consumers) {
    this(routes, consumers, Map.of(), InstantSource.system());
  }

  private QuotaSettings(
      Map<String, Optional<QuotaBlock>> routes,
      List<String> consumers,
      Map<Budget, List<String>> budgets,
      InstantSource clock) {
    Map<String, Account> allAccounts = new LinkedHashMap<>();
    Map<String, List<String>> allValues = new HashMap<>();
    Map<String, Account> byBudget = new HashMap<>();
    Set<String> shared = new HashSet<>();
    routes.values().stream()
        .flatMap(Optional::stream)
        .forEach(
            block -> {
              allAccounts.put(block.account(), Account.of(block));
              allValues.put(block.account(), List.copyOf(consumers));
              if (block.fail() == FailPolicy.SHARE) {
                shared.add(block.redisKeyPrefix());
              }
            });
    List<Scoped> scoped = new ArrayList<>();
    budgets.forEach(
        (budget, known) -> {
          Account account = Account.of(new BudgetTerms(budget, clock));
          scoped.add(new Scoped(new BudgetScope(budget), account));
          allAccounts.put(account.name(), account);
          allValues.put(account.name(), List.copyOf(known));
          byBudget.put(budget.name(), account);
          if (budget.fail() == FailPolicy.SHARE) {
            shared.add(account.prefix());
          }
        });
    this.routes = Map.copyOf(routes);
    this.accounts = Map.copyOf(allAccounts);
    this.values = Map.copyOf(allValues);
    this.accountOfBudget = Map.copyOf(byBudget);
    this.sharedPrefixes = Set.copyOf(shared);
    this.budgetsOf =
        routes.keySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    route -> route,
                    route ->
                        scoped.stream().filter(one -> one.scope().mayApplyOn(route)).toList()));
  }

  public static QuotaSettings of(TollgateConfig config) {
    Map<Budget, List<String>> budgets = new LinkedHashMap<>();
    config.quotas().forEach(budget -> budgets.put(budget, BudgetValues.known(budget, config)));
    return new QuotaSettings(
        config.routes().stream()
            .collect(
                Collectors.toMap(RouteConfig::name, route -> Optional.ofNullable(route.quota()))),
        config.consumers().stream().map(ConsumerConfig::name).toList(),
        budgets,
        InstantSource.system());
  }

  /**
   * All balances that the request needs room in, the route's plain one first.
   *
   * @throws IllegalArgumentException for a route that the configuration does not have
   */
  List<Claim> claims(ReserveRequest request) {
    Optional<QuotaBlock> plain = routes.get(request.route());
    if (plain == null) {
      throw new IllegalArgumentException("no route is named " + request.route());
    }
    List<Claim> claims = new ArrayList<>();
    String consumer = request.consumer();
    if (plain.isPresent() && consumer != null) {
      claims.add(Claim.plain(plain.get(), consumer, request));
    }
    for (Scoped one : budgetsOf.getOrDefault(request.route(), List.of())) {
      one.scope()
          .valueFor(request)
          .map(value -> Claim.budget(one.account(), one.scope().budget(), value, request))
          .ifPresent(claims::add);
    }
    return claims;
  }

  boolean hasRoute(String route) {
    return routes.containsKey(route);
  }

  /** By name, as questions about balances give it. */
  @Nullable Account account(String name) {
    return accounts.get(name);
  }

  /** The accounts that requests pay from. */
  List<Account> accounts() {
    return List.copyOf(accounts.values());
  }

  /** The consumers, or of a budget the values, of which the configuration knows. */
  List<String> valuesOf(Account account) {
    return values.getOrDefault(account.name(), List.of());
  }

  /**
   * The terms of what is at a key, as the script takes them.
   *
   * @param budget the budget's name; null for a plain balance
   */
  String termsOf(@Nullable String budget) {
    if (budget == null) {
      return BudgetTerms.PLAIN;
    }
    Account account = accountOfBudget.get(budget);
    return account == null ? BudgetTerms.UNKNOWN : account.termsText();
  }

  /** The same for a key of which nothing else is known. */
  String termsAt(String key) {
    return termsOf(BudgetScope.budgetOf(key).orElse(null));
  }

  /** The terms of a budget by its name; null when the configuration does not have it. */
  @Nullable Budget budget(String name) {
    Account account = accountOfBudget.get(name);
    BudgetTerms terms = account == null ? null : account.terms();
    return terms == null ? null : terms.budget();
  }

  /** What the keys of balances begin with that are shared while their store is away. */
  Set<String> sharedPrefixes() {
    return sharedPrefixes;
  }
}
