package io.tollgate.bench.accuracy;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What the command line wants otherwise than a trial has it. Parts are of all calls, from 0 to 1;
 * they and the number of callers are of lanes without a cap.
 */
final class Changes {
  @Option(names = "--seconds", description = "of load")
  private @Nullable Integer seconds;

  @Option(names = "--callers", description = "at a time")
  private @Nullable Integer callers;

  @Option(names = "--tokens", description = "of an answer, at most")
  private @Nullable Integer tokens;

  @Option(names = "--streams", description = "part of calls that stream")
  private @Nullable Double streams;

  @Option(names = "--shared", description = "part of calls by consumers that many share")
  private @Nullable Double shared;

  @Option(names = "--leave", description = "part of clients that leave")
  private @Nullable Double leave;

  @Option(names = "--break", description = "part of answers that break off")
  private @Nullable Double breaks;

  @Option(names = "--stall", description = "part of answers that stop and stay open")
  private @Nullable Double stall;

  @Option(names = "--no-usage", description = "part of answers without usage")
  private @Nullable Double noUsage;

  @Option(names = "--error", description = "part of answers of 429, 500 or 503")
  private @Nullable Double error;

  @Option(names = "--delay", description = "part of answers that begin 0.5 s late")
  private @Nullable Double delay;

  @Option(names = "--split", description = "part of answers in pieces that end anywhere")
  private @Nullable Double split;

  @Option(names = "--nodes", description = "of the gateway")
  private @Nullable Integer nodes;

  @Option(names = "--store", description = "how Redis is set up: ${COMPLETION-CANDIDATES}")
  private @Nullable StoreKind store;

  @Option(names = "--fail", description = "while Redis is away: open, closed or share")
  private @Nullable String fail;

  @Option(names = "--kills", description = "of node 1, in place of the trial's incidents")
  private @Nullable Integer kills;

  @Option(
      names = "--away",
      description = "how Redis goes away, in place of the incidents: ${COMPLETION-CANDIDATES}")
  private Store.@Nullable Outage away;

  @Option(names = "--away-seconds", description = "for how long each time; 10 when absent")
  private int awaySeconds = 10;

  @Option(names = "--away-times", description = "how often; once when absent")
  private int awayTimes = 1;

  @Option(names = "--every", description = "seconds before each kill or absence; 5 when absent")
  private int every = 5;

  /**
   * The trial as it is wanted.
   *
   * @throws IOException when that makes no sense; the message says why
   */
  Trial to(Trial trial) throws IOException {
    try {
      return new Trial(
          trial.name(),
          or(nodes, trial.nodes()),
          or(store, trial.store()),
          or(fail, trial.fail()),
          seconds == null ? trial.length() : Duration.ofSeconds(seconds),
          trial.lanes().stream().map(this::lane).toList(),
          incidents(trial.incidents()),
          trial.again());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Lane lane(Lane lane) {
    if (lane.cap() != null) {
      return lane;
    }
    Mix mix = lane.mix();
    return new Lane(
        lane.name(),
        or(callers, lane.callers()),
        new Mix(
            or(streams, mix.streams()),
            or(shared, mix.shared()),
            or(leave, mix.leave()),
            or(breaks, mix.breaks()),
            or(stall, mix.stall()),
            or(noUsage, mix.noUsage()),
            or(error, mix.error()),
            or(delay, mix.delay()),
            or(split, mix.split())),
        or(tokens, lane.mostTokens()),
        null);
  }

  private List<Incident> incidents(List<Incident> own) {
    if (kills == null && away == null) {
      return own;
    }
    Duration after = Duration.ofSeconds(every);
    Stream<Incident> killings =
        Collections.nCopies(or(kills, 0), (Incident) new Incident.Kill(after, 0)).stream();
    return away == null
        ? killings.toList()
        : Stream.concat(
                killings,
                Collections.nCopies(
                    awayTimes,
                    (Incident) new Incident.Away(after, away, Duration.ofSeconds(awaySeconds)))
                    .stream())
            .toList();
  }

  private static <T> T or(@Nullable T wanted, T own) {
    return wanted == null ? own : wanted;
  }
}
