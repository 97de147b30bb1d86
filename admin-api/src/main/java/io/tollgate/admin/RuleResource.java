package io.tollgate.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.ConfigFault;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules in force, and their edits: limits of routes, and budgets. */
final class RuleResource {
  private static final String DRY_RUN = "dry_run";
  private static final String IF_MATCH = "If-Match";
  private static final Pattern ETAG = Pattern.compile("\"(\\d{1,18})\"");

  /**
   * @param seen the version that the caller goes by; null for any
   */
  private record Order(RuleEdit edit, @Nullable Long seen, boolean dryRun) {}

  /**
   * @param seen as in {@link Order}
   */
  private record Terms(@Nullable Long seen, boolean dryRun) {}

  private final RuleEditor editor;

  RuleResource(RuleEditor editor) {
    this.editor = editor;
  }

  Future<Answer> show(RoutingContext call) {
    return Future.succeededFuture(
        switch (Query.of(call.queryParams(), Set.of())) {
          case Checked.Good<Query> none -> RulesView.answer(editor.rules(), false);
          case Checked.Bad<Query> bad -> bad.problem().answer();
        });
  }

  Future<Answer> replaceLimits(RoutingContext call) {
    return withBody(call, blocks -> new RuleEdit.Limits(named(call, "route"), blocks));
  }

  Future<Answer> resetLimits(RoutingContext call) {
    return edit(call, new Checked.Good<>(new RuleEdit.FileLimits(named(call, "route"))));
  }

  Future<Answer> replaceBudgets(RoutingContext call) {
    return withBody(call, RuleEdit.Budgets::new);
  }

  Future<Answer> resetBudgets(RoutingContext call) {
    return edit(call, new Checked.Good<>(new RuleEdit.FileBudgets()));
  }

  Future<Answer> replaceBudget(RoutingContext call) {
    return withBody(call, entry -> new RuleEdit.Budget(named(call, "name"), entry));
  }

  Future<Answer> removeBudget(RoutingContext call) {
    return edit(call, new Checked.Good<>(new RuleEdit.NoBudget(named(call, "name"))));
  }

  private static String named(RoutingContext call, String parameter) {
    return Objects.requireNonNull(call.pathParam(parameter));
  }

  private Future<Answer> withBody(RoutingContext call, Function<JsonNode, RuleEdit> edit) {
    byte[] body = call.body().buffer() == null ? new byte[0] : call.body().buffer().getBytes();
    return edit(call, JsonBody.tree(body).then(tree -> new Checked.Good<>(edit.apply(tree))));
  }

  private Future<Answer> edit(RoutingContext call, Checked<RuleEdit> wanted) {
    Checked<Order> order =
        terms(call)
            .then(
                terms ->
                    wanted.then(
                        edit -> new Checked.Good<>(new Order(edit, terms.seen(), terms.dryRun()))));
    return switch (order) {
      case Checked.Good<Order> good -> make(good.value());
      case Checked.Bad<Order> bad -> Future.succeededFuture(bad.problem().answer());
    };
  }

  private Future<Answer> make(Order order) {
    return editor
        .edit(order.edit(), order.seen(), order.dryRun())
        .map(outcome -> answer(outcome, order.dryRun()));
  }

  private static Checked<Terms> terms(RoutingContext call) {
    return Query.of(call.queryParams(), Set.of(DRY_RUN))
        .then(query -> dryRun(query.text(DRY_RUN).orElse("false")))
        .then(
            dryRun ->
                seen(call.request().getHeader(IF_MATCH))
                    .then(seen -> new Checked.Good<>(new Terms(seen.orNull(), dryRun))));
  }

  private static Checked<Boolean> dryRun(String text) {
    return text.equals("true") || text.equals("false")
        ? new Checked.Good<>(Boolean.valueOf(text))
        : new Checked.Bad<>(Problem.unacceptable(DRY_RUN, text, "true or false"));
  }

  /** A version, or any. */
  private record Seen(@Nullable Long orNull) {}

  private static Checked<Seen> seen(@Nullable String header) {
    if (header == null || header.equals("*")) {
      return new Checked.Good<>(new Seen(null));
    }
    Matcher tag = ETAG.matcher(header.strip());
    return tag.matches()
        ? new Checked.Good<>(new Seen(Long.valueOf(tag.group(1))))
        : new Checked.Bad<>(
            Problem.unacceptable(
                IF_MATCH, header, "the ETag of an earlier answer, such as \"7\", or *"));
  }

  private static Answer answer(EditOutcome outcome, boolean dryRun) {
    return switch (outcome) {
      case EditOutcome.Applied applied -> RulesView.answer(applied.rules(), dryRun);
      case EditOutcome.Invalid wrong -> invalid(wrong.faults()).answer();
      case EditOutcome.NoSuch none ->
          Problem.of(404, "not_found", "there is no " + none.what()).answer();
      case EditOutcome.Stale stale ->
          new Problem(
                  412,
                  "rules_changed",
                  "the rules have another version than " + IF_MATCH + " says",
                  Map.of("version", stale.version()),
                  Map.of("ETag", RulesView.tag(stale.version())))
              .answer();
      case EditOutcome.Overtaken overtaken ->
          Problem.of(
                  409,
                  "rules_changed",
                  "somebody else has edited the rules at the same moment; look at them, then edit"
                      + " again")
              .answer();
      case EditOutcome.StoreFailed failed ->
          Problem.of(503, "store_unavailable", failed.reason()).with("Retry-After", "1").answer();
    };
  }

  private static Problem invalid(List<ConfigFault> faults) {
    return new Problem(
        422,
        "invalid_rules",
        faults.size() == 1 ? faults.getFirst().toString() : faults.size() + " faults",
        Map.of("faults", faults.stream().map(RulesView::fault).toList()),
        Map.of());
  }
}
