package io.tollgate.proxy;

import io.tollgate.contract.Role;
import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.auth.Verdict;
import io.tollgate.contract.bus.BusServer;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.hold.Algorithm;
import io.tollgate.contract.hold.LimitHold;
import io.tollgate.contract.hold.LimitKey;
import io.tollgate.contract.hold.LimitTerms;
import io.tollgate.contract.hold.LimitType;
import io.tollgate.contract.hold.Period;
import io.tollgate.contract.hold.QuotaHold;
import io.tollgate.contract.limiter.Admission;
import io.tollgate.contract.limiter.AdmitRequest;
import io.tollgate.contract.limiter.HeldLimit;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.limiter.LimiterService;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.AuditQuery;
import io.tollgate.contract.quota.AuditTrail;
import io.tollgate.contract.quota.QuotaBus;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.quota.Reservation;
import io.tollgate.contract.quota.ReserveRequest;
import io.tollgate.contract.tokens.Count;
import io.tollgate.contract.usage.Acknowledged;
import io.tollgate.contract.usage.Renewal;
import io.tollgate.contract.usage.Renewed;
import io.tollgate.contract.usage.UsageEvent;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Auth, limiter and quota in memory, served over the real bus; tests say what they answer. */
final class FakeServices {
  static final LimitHold LIMIT_HOLD =
      new LimitHold(
          "node",
          new LimitKey("rule", LimitType.LIMIT_BY_PER_CONSUMER, "60", "x-mse-consumer", null),
          LimitTerms.fixed(100, 60),
          "w1",
          50);
  static final QuotaHold QUOTA_HOLD = new QuotaHold("node", "chat_quota:ann", 60);

  /** A refusal of tokens by the store's own counter. */
  static Admission.Throttled spent(
      String rule,
      long limit,
      long used,
      long held,
      long resetMillis,
      int rejectedCode,
      @Nullable String rejectedMessage) {
    return new Admission.Throttled(
        rule,
        Admission.Cause.SPENT,
        "tokens",
        limit,
        used,
        held,
        resetMillis,
        rejectedCode,
        rejectedMessage,
        null);
  }

  final Queue<AuthRequest> identified = new ConcurrentLinkedQueue<>();
  final Queue<AdmitRequest> admitted = new ConcurrentLinkedQueue<>();
  final Queue<ReserveRequest> reserved = new ConcurrentLinkedQueue<>();
  final List<UsageEvent> limiterSettled = new CopyOnWriteArrayList<>();
  final List<UsageEvent> quotaSettled = new CopyOnWriteArrayList<>();
  final List<Renewal> limiterRenewed = new CopyOnWriteArrayList<>();
  final List<Renewal> quotaRenewed = new CopyOnWriteArrayList<>();
  final Map<String, Long> balances = new ConcurrentHashMap<>();

  private final Map<String, String> consumersByHash =
      Map.of(
          KeyHash.of("ann-key"),
          "ann",
          KeyHash.of("bob-key"),
          "bob",
          KeyHash.of("admin-key"),
          "admin");

  volatile Function<AdmitRequest, Future<Admission>> admission =
      request ->
          Future.succeededFuture(
              admitted(new HeldLimit(LIMIT_HOLD, new Admission.Standing(100, 42, 30_000))));
  volatile Function<ReserveRequest, Future<Reservation>> reservation =
      request -> Future.succeededFuture(new Reservation.Reserved(List.of(QUOTA_HOLD)));
  volatile Function<UsageEvent, Future<Acknowledged>> settlement =
      event -> Future.succeededFuture(Acknowledged.YES);
  volatile Function<Renewal, Renewed> renewed = renewal -> Renewed.UNKNOWN;
  volatile Function<AccountQuery, Future<Accounts>> accounts = this::known;

  static Admission admitted(HeldLimit... limits) {
    return new Admission.Admitted(List.of(limits), List.of());
  }

  /** A hold whose stream is to be ended when it has used this much of what the limit counts. */
  static HeldLimit stopping(Count count, long amount) {
    LimitTerms terms =
        new LimitTerms(Algorithm.FIXED_WINDOW, Period.ofSeconds(60), count, 100, 100);
    LimitHold hold = new LimitHold("node", LIMIT_HOLD.key(), terms, "w1", 50);
    return new HeldLimit(hold, null, false, amount);
  }

  Future<Verdict> identify(AuthRequest request) {
    identified.add(request);
    if (request.keyHashes().isEmpty()) {
      return Future.succeededFuture(new Verdict.NoKey());
    }
    String consumer = consumersByHash.get(request.keyHashes().getFirst());
    if (consumer == null) {
      return Future.succeededFuture(new Verdict.UnknownKey());
    }
    boolean allowed = !consumer.equals("bob") || request.route().equals("for-bob");
    return Future.succeededFuture(
        allowed ? new Verdict.Identified(consumer, Map.of()) : new Verdict.NotAllowed(consumer));
  }

  private Future<Accounts> known(AccountQuery query) {
    return Future.succeededFuture(
        new Accounts.Balances(
            query.consumers().stream()
                .map(consumer -> new Accounts.Balance(consumer, balance(consumer), 0))
                .toList()));
  }

  private long balance(String consumer) {
    return balances.getOrDefault(consumer, 0L);
  }

  private final class Limiter implements LimiterService {
    @Override
    public Future<Admission> admit(AdmitRequest request) {
      admitted.add(request);
      return admission.apply(request);
    }

    @Override
    public Future<Acknowledged> settle(UsageEvent event) {
      limiterSettled.add(event);
      return settlement.apply(event);
    }

    @Override
    public Future<Renewed> renew(Renewal renewal) {
      limiterRenewed.add(renewal);
      return Future.succeededFuture(renewed.apply(renewal));
    }
  }

  private final class Quota implements QuotaService {
    @Override
    public Future<Reservation> reserve(ReserveRequest request) {
      reserved.add(request);
      return reservation.apply(request);
    }

    @Override
    public Future<Acknowledged> settle(UsageEvent event) {
      quotaSettled.add(event);
      return settlement.apply(event);
    }

    @Override
    public Future<Renewed> renew(Renewal renewal) {
      quotaRenewed.add(renewal);
      return Future.succeededFuture(renewed.apply(renewal));
    }

    @Override
    public Future<Accounts> query(AccountQuery query) {
      return accounts.apply(query);
    }

    @Override
    public Future<AuditTrail> audit(AuditQuery query) {
      return Future.succeededFuture(new AuditTrail.Entries(List.of()));
    }

    @Override
    public Future<Accounts> change(AccountChange change) {
      long before = change.kind() == AccountChange.Kind.SET ? 0 : balance(change.consumer());
      balances.put(change.consumer(), before + change.tokens());
      return query(new AccountQuery(change.account(), List.of(change.consumer())));
    }
  }

  /** Serves some of them on one event loop. */
  VerticleBase onTheBus(Directory directory, Set<Role> roles) {
    return new VerticleBase() {
      @Override
      public Future<?> start() {
        BusServer server = new BusServer(vertx, directory);
        List<Future<Void>> bound = new ArrayList<>();
        if (roles.contains(Role.AUTH)) {
          bound.add(AuthBus.bind(server, FakeServices.this::identify));
        }
        if (roles.contains(Role.LIMITER)) {
          bound.add(LimiterBus.bind(server, new Limiter()));
        }
        if (roles.contains(Role.QUOTA)) {
          bound.add(QuotaBus.bind(server, new Quota()));
        }
        return Future.all(bound);
      }
    };
  }
}
