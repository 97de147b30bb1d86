package io.tollgate.admin;

import io.tollgate.contract.config.Live;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.AuditQuery;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The quotas of the configured consumers: {@code /api/v1/quotas} and below. */
final class QuotaResource {
  private static final String ROUTE = "route";
  private static final int MOST_LISTED = 1000;

  private record Target(String account, String consumer) {}

  private record Page(String account, List<String> consumers) {}

  private final Live<AdminSettings> settings;
  private final AccountDesk desk;

  QuotaResource(Live<AdminSettings> settings, AccountDesk desk) {
    this.settings = settings;
    this.desk = desk;
  }

  Future<Answer> list(RoutingContext call) {
    Checked<Page> page =
        Query.of(call.queryParams(), Set.of(ROUTE, "limit", "offset")).then(this::page);
    return Checked.answer(
        page,
        wanted -> desk.read(new AccountQuery(wanted.account(), wanted.consumers()), this::listed));
  }

  Future<Answer> show(RoutingContext call) {
    return Checked.answer(
        target(call),
        target ->
            desk.read(
                new AccountQuery(target.account(), List.of(target.consumer())),
                found -> QuotaView.of(found.getFirst())));
  }

  /** {@code {"quota": N}} replaces the balance. */
  Future<Answer> replace(RoutingContext call) {
    return change(
        target(call)
            .then(
                target ->
                    ChangeBody.change(Body.of(call), "quota")
                        .then(
                            body ->
                                order(
                                    target,
                                    AccountChange.Kind.SET,
                                    body,
                                    ChangeNote.of(body.reason())))));
  }

  /** {@code {"value": N}} is added to the balance. */
  Future<Answer> add(RoutingContext call) {
    return change(
        target(call)
            .then(
                target ->
                    ChangeBody.change(Body.of(call), "value")
                        .then(
                            body ->
                                ChangeNote.once(call.request(), body.reason())
                                    .then(
                                        note ->
                                            order(target, AccountChange.Kind.ADD, body, note)))));
  }

  Future<Answer> audit(RoutingContext call) {
    Checked<AuditQuery> wanted =
        target(call, Set.of(ROUTE, "limit"))
            .then(
                target ->
                    new Query(call.queryParams())
                        .integer("limit", 100, 1, MOST_LISTED)
                        .then(
                            limit ->
                                new Checked.Good<>(
                                    new AuditQuery(target.account(), target.consumer(), limit))));
    return Checked.answer(wanted, desk::audit);
  }

  private Future<Answer> change(Checked<AccountChange> order) {
    return Checked.answer(order, change -> desk.change(change, QuotaView::of));
  }

  private static Checked<AccountChange> order(
      Target target, AccountChange.Kind kind, ChangeBody body, AccountChange.Note note) {
    return new Checked.Good<>(
        new AccountChange(target.account(), target.consumer(), kind, body.tokens(), null, note));
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
    return target(call, Set.of(ROUTE));
  }

  private Checked<Target> target(RoutingContext call, Set<String> parameters) {
    String consumer = Objects.requireNonNull(call.pathParam("consumer"));
    if (!settings.now().consumers().contains(consumer)) {
      return new Checked.Bad<>(Problem.consumerNotFound(consumer));
    }
    return Query.of(call.queryParams(), parameters)
        .then(query -> accounts().choose(query.text(ROUTE)))
        .then(account -> new Checked.Good<>(new Target(account, consumer)));
  }

  private AccountChoice accounts() {
    return new AccountChoice(settings.now().routes());
  }

  private Object listed(List<Accounts.Balance> balances) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("quotas", balances.stream().map(QuotaView::of).toList());
    body.put("total", settings.now().consumers().size());
    return body;
  }
}
