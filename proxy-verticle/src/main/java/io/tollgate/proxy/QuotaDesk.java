package io.tollgate.proxy;

import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.quota.AccountChange;
import io.tollgate.contract.quota.AccountQuery;
import io.tollgate.contract.quota.Accounts;
import io.tollgate.contract.quota.QuotaService;
import io.tollgate.contract.usage.Outcome;
import io.tollgate.proxy.http.Responder;
import io.tollgate.proxy.http.Step;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the calls by which an administrator reads and changes balances on a route, in the words
 * of Higress.
 */
final class QuotaDesk {
  private static final Logger log = LoggerFactory.getLogger(QuotaDesk.class);
  private static final String DENIED = "Request denied by ai quota check. ";

  private record Answer(int status, String type, String body) {
    static Answer text(int status, String body) {
      return new Answer(status, Responder.TEXT, body);
    }
  }

  private final QuotaService quota;

  QuotaDesk(QuotaService quota) {
    this.quota = quota;
  }

  Future<Step<Served>> answer(IdentifiedCall call, Purpose.AdministerQuota order) {
    return decide(call, order.quota(), order.command())
        .otherwise(QuotaDesk::unreachable)
        .map(answer -> send(call.inbound().request(), answer));
  }

  private static Step<Served> send(HttpServerRequest request, Answer answer) {
    Responder.send(request, answer.status(), answer.type(), Buffer.buffer(answer.body()));
    return Step.next(new Served(answer.status(), Bill.nothing(Outcome.COMPLETED)));
  }

  private Future<Answer> decide(IdentifiedCall call, QuotaBlock block, QuotaCommand command) {
    if (!block.adminConsumer().equals(call.consumer())) {
      return answered(Answer.text(403, DENIED + "Unauthorized admin consumer."));
    }
    return switch (command) {
      case QUERY -> query(call, block);
      case REFRESH ->
          change(call, block, AccountChange.Kind.SET, "quota", "refresh quota successful");
      case DELTA -> change(call, block, AccountChange.Kind.ADD, "value", "delta quota successful");
    };
  }

  private Future<Answer> query(IdentifiedCall call, QuotaBlock block) {
    String consumer = call.inbound().query().first("consumer");
    if (consumer == null || consumer.isBlank()) {
      return answered(Answer.text(403, DENIED + "consumer can't be empty."));
    }
    return quota
        .query(new AccountQuery(block.account(), List.of(consumer)))
        .map(accounts -> answer(accounts, QuotaDesk::balance));
  }

  private Future<Answer> change(
      IdentifiedCall call,
      QuotaBlock block,
      AccountChange.Kind kind,
      String field,
      String success) {
    HttpServerRequest request = call.inbound().request();
    if (!request.method().equals(HttpMethod.POST)) {
      request.response().putHeader("allow", "POST");
      return answered(Answer.text(405, DENIED + "Only POST changes a quota."));
    }
    QuotaOrder order = QuotaOrder.read(call.routed().bytes(), field);
    if (order == null) {
      return answered(
          Answer.text(403, DENIED + "consumer can't be empty and " + field + " must be integer."));
    }
    return quota
        .change(
            new AccountChange(
                block.account(),
                order.consumer(),
                kind,
                order.tokens(),
                null,
                AccountChange.Note.by("consumer " + call.consumer())))
        .map(accounts -> answer(accounts, balances -> Answer.text(200, success)));
  }

  private static Answer answer(Accounts accounts, Function<Accounts.Balances, Answer> success) {
    return switch (accounts) {
      case Accounts.Balances balances -> success.apply(balances);
      case Accounts.NoSuchAccount unknown ->
          Answer.text(503, "redis error:the quota service has no such account");
      case Accounts.StoreFailed failed -> Answer.text(503, "redis error:" + failed.reason());
      case Accounts.Refused refused -> Answer.text(403, DENIED + refused.reason());
    };
  }

  private static Answer balance(Accounts.Balances balances) {
    Accounts.Balance balance = balances.balances().getFirst();
    JsonObject json =
        new JsonObject().put("consumer", balance.consumer()).put("quota", balance.quota());
    return new Answer(200, Responder.JSON, json.encode());
  }

  private static Answer unreachable(Throwable fault) {
    log.warn("a call to change or read a quota got no answer: {}", fault.getMessage());
    return Answer.text(503, "redis error:the quota service does not answer");
  }

  private static Future<Answer> answered(Answer answer) {
    return Future.succeededFuture(answer);
  }
}
