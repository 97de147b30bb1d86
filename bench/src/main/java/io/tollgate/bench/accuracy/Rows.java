package io.tollgate.bench.accuracy;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The raw rows of an outcome: every call beside what each book says of its account. */
final class Rows {
  private static final String HEADER =
      "call,lane,consumer,node,stream,fault,leaves_after_events,leaves_after_ms,ending,status,"
          + "request_id,start_ms,head_ms,end_ms,events,answers,prompt_made,completion_made,"
          + "billed_by_call,consumer_limit,consumer_quota,log_billed,log_estimated,log_outcome";

  private Rows() {}

  /**
   * Writes them as gzipped CSV.
   *
   * @param log what the nodes wrote down, by request id
   */
  static void write(Path file, Outcome outcome, Map<String, Decision> log) throws IOException {
    List<Map<String, Long>> billed =
        outcome.audits().stream()
            .map(
                audit ->
                    audit.accounts().stream()
                        .collect(Collectors.toMap(Account::name, Account::billed)))
            .toList();
    try (BufferedWriter out =
        new BufferedWriter(
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
      out.write(HEADER + "\n");
      for (Call call : outcome.calls()) {
        String request = call.heard().requestId();
        out.write(row(call, billed, request == null ? null : log.get(request)) + "\n");
      }
    }
  }

  private static String row(
      Call call, List<Map<String, Long>> billed, @Nullable Decision decision) {
    CallPlan plan = call.plan();
    Heard heard = call.heard();
    Made made = call.made();
    return Stream.<@Nullable Object>of(
            plan.id(),
            plan.lane(),
            plan.consumer(),
            heard.node(),
            plan.stream(),
            plan.fault(),
            plan.leaveAfterEvents(),
            plan.leaveAfterMillis(),
            call.ending().label(),
            heard.status(),
            heard.requestId(),
            heard.startMillis(),
            heard.headMillis() == null ? null : heard.headMillis() - heard.startMillis(),
            heard.endMillis() - heard.startMillis(),
            heard.events(),
            made.answers(),
            made.prompt(),
            made.completion(),
            billed.get(0).get(plan.id()),
            billed.get(1).get(plan.consumer()),
            billed.get(2).get(plan.consumer()),
            decision == null ? null : decision.billed(),
            decision == null ? null : decision.estimated(),
            decision == null ? null : decision.outcome())
        .map(value -> Objects.toString(value, ""))
        .collect(Collectors.joining(","));
  }
}
