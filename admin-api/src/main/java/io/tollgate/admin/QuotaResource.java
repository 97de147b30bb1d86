package io.tollgate.admin;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.QuotaService;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The quotas of the configured consumers: {@code /api/v1/quotas} and below. */
final class QuotaResource {
  private static final String ROUTE = "route";
  private static final int MOST_LISTED = 1000;

  /** Beyond the bus's own time limits: nothing a caller waits for is without an end. */
  private static final long TIMEOUT_MILLIS = Duration.ofSeconds(15).toMillis();

  private static final String UNREAD = "the quota service did not answer: ";
  private static final String UNCHANGED =
      "the quota service did not answer, so the change may have been made or not: ";

  private record Target(String account, String consumer) {}

  private record Page(String account, List<String> consumers) {}

  private final Live<AdminSettings> settings;
  private final QuotaService quota;

  QuotaResource(Live<AdminSettings> settings, QuotaService quota) {
    this.settings = settings;
    this.quota = quota;
  }

  Future<Answer> list(RoutingContext call) {
    Checked<Page> page =
        Query.of(call.queryParams(), Set.of(ROUTE, "limit", "offset")).then(this::page);
    return answer(
        page,
        wanted ->
            wanted.consumers().isEmpty()
                ? Future.succeededFuture(listed(List.of()))
                : ask(
                    quota.query(new AccountQuery(wanted.account(), wanted.consumers())),
                    UNREAD,
                    this::listed));
  }

  Future<Answer> show(RoutingContext call) {
    return answer(
        target(call),
        target ->
            ask(
                quota.query(new AccountQuery(target.account(), List.of(target.consumer()))),
                UNREAD,
                QuotaResource::single));
  }

  /** {@code {"quota": N}} replaces the balance. */
  Future<Answer> replace(RoutingContext call) {
    return change(call, "quota", AccountChange.Kind.SET);
  }

  /** {@code {"value": N}} is added to the balance. */
  Future<Answer> add(RoutingContext call) {
    return change(call, "value", AccountChange.Kind.ADD);
  }

  private Future<Answer> change(RoutingContext call, String field, AccountChange.Kind kind) {
    Checked<AccountChange> order =
        target(call)
            .then(
                target ->
                    JsonBody.integer(body(call), field)
                        .then(
                            tokens ->
                                new Checked.Good<>(
                                    new AccountChange(
                                        target.account(), target.consumer(), kind, tokens))));
    return answer(order, change -> ask(quota.change(change), UNCHANGED, QuotaResource::single));
  }

  private static byte[] body(RoutingContext call) {
    return call.body().buffer() == null ? new byte[0] : call.body().buffer().getBytes();
  }

  private Checked<Page> page(Query query) {
    return accounts()
        .choose(query.text(ROUTE))
        .then(
            account ->
                query
                    .integer("limit", 100, 1, MOST_LISTED)
                    .then(
                        limit ->
                            query
                                .integer("offset", 0, 0, Integer.MAX_VALUE)
                                .then(offset -> new Checked.Good<>(page(account, offset, limit)))));
  }

  private Page page(String account, int offset, int limit) {
    return new Page(
        account, settings.now().consumers().stream().skip(offset).limit(limit).toList());
  }

  private Checked<Target> target(RoutingContext call) {
    String consumer = Objects.requireNonNull(call.pathParam("consumer"));
    if (!settings.now().consumers().contains(consumer)) {
      return new Checked.Bad<>(Problem.consumerNotFound(consumer));
    }
    return Query.of(call.queryParams(), Set.of(ROUTE))
        .then(query -> accounts().choose(query.text(ROUTE)))
        .then(account -> new Checked.Good<>(new Target(account, consumer)));
  }

  private AccountChoice accounts() {
    return new AccountChoice(settings.now().routes());
  }

  private Answer listed(List<Accounts.Balance> balances) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("quotas", balances.stream().map(QuotaView::of).toList());
    body.put("total", settings.now().consumers().size());
    return Answer.ok(body);
  }

  private static Answer single(List<Accounts.Balance> balances) {
    return Answer.ok(QuotaView.of(balances.getFirst()));
  }

  private static <T> Future<Answer> answer(Checked<T> input, Function<T, Future<Answer>> work) {
    return switch (input) {
      case Checked.Good<T> good -> work.apply(good.value());
      case Checked.Bad<T> bad -> Future.succeededFuture(bad.problem().answer());
    };
  }

  private static Future<Answer> ask(
      Future<Accounts> question, String unanswered, Function<List<Accounts.Balance>, Answer> view) {
    return question
        .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .transform(
            (accounts, fault) ->
                Future.succeededFuture(
                    fault == null
                        ? answer(accounts, view)
                        : Problem.quotaUnavailable(unanswered + fault.getMessage()).answer()));
  }

  private static Answer answer(Accounts accounts, Function<List<Accounts.Balance>, Answer> view) {
    return switch (accounts) {
      case Accounts.Balances found -> view.apply(found.balances());
      case Accounts.NoSuchAccount unknown ->
          Problem.quotaUnavailable(
                  "the quota service does not know the account "
                      + unknown.account()
                      + "; is its configuration the same as here?")
              .answer();
      case Accounts.StoreFailed failed -> Problem.quotaUnavailable(failed.reason()).answer();
    };
  }
}
