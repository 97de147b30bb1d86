package io.tollgate.admin;

import io.tollgate.admin.AdminSettings.QuotaBudget;
import io.tollgate.contract.config.Budget;
import io.tollgate.contract.config.Live;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.AuditQuery;
import io.tollgate.contract.quota.BudgetScope;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The budgets of the configuration and their balances: {@code /api/v1/budgets} and below.
 *
 * <p>A balance is named by its value: of a budget on several dimensions the values with commas
 * between them, where a comma or percent sign inside a value is written {@code %2C} and {@code
 * %25}; of one for everybody {@code all}.
 */
final class BudgetResource {
  private static final int MOST_LISTED = 1000;

  /** A balance, by its value as it stands in the key. */
  private record Target(Budget budget, String value) {
    String account() {
      return new BudgetScope(budget).account();
    }
  }

  private record Page(QuotaBudget budget, List<String> values, int total) {}

  private final Live<AdminSettings> settings;
  private final AccountDesk desk;

  BudgetResource(Live<AdminSettings> settings, AccountDesk desk) {
    this.settings = settings;
    this.desk = desk;
  }

  Future<Answer> list(RoutingContext call) {
    return Checked.answer(
        Query.of(call.queryParams(), Set.of()),
        query ->
            Future.succeededFuture(
                Answer.ok(
                    Map.of(
                        "budgets",
                        settings.now().budgets().stream()
                            .map(one -> BudgetView.of(one.budget()))
                            .toList()))));
  }

  /** Those that are known from the configuration, or the one that is asked for. */
  Future<Answer> balances(RoutingContext call) {
    Checked<Page> page =
        budget(call)
            .then(
                budget ->
                    Query.of(call.queryParams(), Set.of("value", "limit", "offset"))
                        .then(query -> page(budget, query)));
    return Checked.answer(
        page,
        wanted -> {
          Budget budget = wanted.budget().budget();
          return desk.read(
              new AccountQuery(new BudgetScope(budget).account(), wanted.values()),
              found -> listed(budget, found, wanted.total()));
        });
  }

  Future<Answer> balance(RoutingContext call) {
    Checked<Page> one =
        Query.of(call.queryParams(), Set.of())
            .then(query -> budget(call))
            .then(
                budget ->
                    target(call)
                        .then(
                            target ->
                                new Checked.Good<>(new Page(budget, List.of(target.value()), 1))));
    return Checked.answer(
        one,
        wanted -> {
          Budget budget = wanted.budget().budget();
          return desk.read(
              new AccountQuery(new BudgetScope(budget).account(), wanted.values()),
              found -> BudgetBalanceView.of(budget, found.getFirst()));
        });
  }

  /** {@code {"tokens": N}} replaces the balance. */
  Future<Answer> replace(RoutingContext call) {
    Checked<AccountChange> order =
        target(call)
            .then(
                target ->
                    ChangeBody.change(Body.of(call), "tokens")
                        .then(
                            body ->
                                new Checked.Good<>(
                                    new AccountChange(
                                        target.account(),
                                        target.value(),
                                        AccountChange.Kind.SET,
                                        body.tokens(),
                                        null,
                                        ChangeNote.of(body.reason())))));
    return change(call, order);
  }

  /** {@code {"tokens": N, "expires_at": T}} adds tokens that no end of a period takes away. */
  Future<Answer> grant(RoutingContext call) {
    Checked<AccountChange> order =
        target(call)
            .then(
                target ->
                    ChangeBody.grant(Body.of(call))
                        .then(
                            body ->
                                ChangeNote.once(call.request(), body.reason())
                                    .then(
                                        note ->
                                            new Checked.Good<>(
                                                new AccountChange(
                                                    target.account(),
                                                    target.value(),
                                                    AccountChange.Kind.GRANT,
                                                    body.tokens(),
                                                    body.expiresAtMillis(),
                                                    note)))));
    return change(call, order);
  }

  Future<Answer> audit(RoutingContext call) {
    Checked<AuditQuery> wanted =
        target(call)
            .then(
                target ->
                    Query.of(call.queryParams(), Set.of("limit"))
                        .then(query -> query.integer("limit", 100, 1, MOST_LISTED))
                        .then(
                            limit ->
                                new Checked.Good<>(
                                    new AuditQuery(target.account(), target.value(), limit))));
    return Checked.answer(wanted, desk::audit);
  }

  private Future<Answer> change(RoutingContext call, Checked<AccountChange> order) {
    return Checked.answer(
        Query.of(call.queryParams(), Set.of()).then(query -> order),
        change ->
            Checked.answer(
                budget(call),
                budget ->
                    desk.change(
                        change, balance -> BudgetBalanceView.of(budget.budget(), balance))));
  }

  private static Object listed(Budget budget, List<Accounts.Balance> found, int total) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "balances", found.stream().map(balance -> BudgetBalanceView.of(budget, balance)).toList());
    body.put("total", total);
    return body;
  }

  private static Checked<Page> page(QuotaBudget budget, Query query) {
    Optional<String> value = query.text("value");
    if (value.isPresent()) {
      return value(budget.budget(), value.get())
          .then(one -> new Checked.Good<>(new Page(budget, List.of(one), 1)));
    }
    List<String> all = budget.values();
    return query
        .integer("limit", 100, 1, MOST_LISTED)
        .then(
            limit ->
                query
                    .integer("offset", 0, 0, Integer.MAX_VALUE)
                    .then(
                        offset ->
                            new Checked.Good<>(
                                new Page(
                                    budget,
                                    all.stream().skip(offset).limit(limit).toList(),
                                    all.size()))));
  }

  private Checked<Target> target(RoutingContext call) {
    return budget(call)
        .then(
            one ->
                value(one.budget(), Objects.requireNonNull(call.pathParam("value")))
                    .then(value -> new Checked.Good<>(new Target(one.budget(), value))));
  }

  private Checked<QuotaBudget> budget(RoutingContext call) {
    String name = Objects.requireNonNull(call.pathParam("name"));
    return settings.now().budgets().stream()
        .filter(one -> one.budget().name().equals(name))
        .findFirst()
        .<Checked<QuotaBudget>>map(Checked.Good::new)
        .orElseGet(() -> new Checked.Bad<>(Problem.budgetNotFound(name)));
  }

  /** The value as it stands in the key. */
  private static Checked<String> value(Budget budget, String text) {
    List<String> parts;
    try {
      parts =
          Arrays.stream(text.split(",", -1))
              .map(part -> URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8))
              .toList();
    } catch (IllegalArgumentException e) {
      return new Checked.Bad<>(
          Problem.unacceptable("value", text, "a percent sign only before two hexadecimal digits"));
    }
    String key = new BudgetScope(budget).value(parts);
    boolean isOne = budget.of().isEmpty() ? key.equals(text) : parts.size() == budget.of().size();
    return isOne && parts.stream().noneMatch(String::isBlank)
        ? new Checked.Good<>(key)
        : new Checked.Bad<>(
            Problem.unacceptable(
                "value",
                text,
                budget.of().isEmpty()
                    ? key
                    : "one value for each of " + String.join(", ", budget.of())));
  }
}
