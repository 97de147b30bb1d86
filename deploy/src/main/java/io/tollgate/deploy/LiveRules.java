package io.tollgate.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.admin.RuleEdit;
import io.tollgate.admin.RulesInForce;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The rules of this node: its file with the edits over it. A change comes in force as a whole, or
 * not at all. Validates whole configurations: not to be called on an event loop. Thread-safe.
 */
final class LiveRules {
  private final ConfigSource source;
  private final TollgateConfig started;
  private final LiveConfig live;
  private final InstantSource clock;
  private final ReloadLog log;

  private Candidate.Ready inForce;
  private Instant since;

  /** The newest that are known, in force here or not. */
  private RuleEdits edits = RuleEdits.NONE;

  private List<ConfigFault> refused = List.of();

  /**
   * @param file the tree that the node was started with
   */
  LiveRules(
      ConfigSource source, JsonNode file, LiveConfig live, InstantSource clock, ReloadLog log) {
    this.source = source;
    this.started = live.config();
    this.live = live;
    this.clock = clock;
    this.log = log;
    this.inForce = new Candidate.Ready(file, file, RuleEdits.NONE, started, live.id());
    this.since = clock.instant();
  }

  /** The newest edits that this node knows of. */
  synchronized RuleEdits edits() {
    return edits;
  }

  /** Reads the file again. */
  synchronized void reread() {
    try {
      takeFile(source.tree().read());
    } catch (StartFault fault) {
      refuse(
          ReloadLog.Source.FILE,
          List.of(
              new ConfigFault("the file", String.valueOf(fault.getMessage()), "a configuration")));
    }
  }

  /** The edits are these now. */
  synchronized void follow(RuleEdits newest) {
    edits = newest;
    take(ReloadLog.Source.EDIT, candidate(inForce.file(), newest));
  }

  /** What the edit would make of these edits, if that could come in force. */
  synchronized Plan plan(RuleEdits current, RuleEdit edit) {
    return switch (EditPlan.of(
        current, edit, current.over(inForce.file()), Secrets.of(inForce.config()))) {
      case EditPlan.Fresh fresh -> plan(fresh.next());
      case EditPlan.Faulty faulty -> new Plan.Invalid(faulty.faults());
      case EditPlan.NoSuch none -> new Plan.NoSuch(none.what());
    };
  }

  private Plan plan(RuleEdits next) {
    return switch (candidate(inForce.file(), next)) {
      case Candidate.Ready ready -> new Plan.Possible(next, view(ready, clock.instant()));
      case Candidate.Refused bad -> new Plan.Invalid(bad.faults());
    };
  }

  synchronized RulesInForce view() {
    return view(inForce, since);
  }

  /** With the newest edits, or where these can't be combined with it, with those in force. */
  private void takeFile(JsonNode file) {
    Candidate candidate = candidate(file, edits);
    if (candidate instanceof Candidate.Refused && !edits.equals(inForce.edits())) {
      candidate = candidate(file, inForce.edits());
    }
    take(ReloadLog.Source.FILE, candidate);
  }

  private Candidate candidate(JsonNode file, RuleEdits withEdits) {
    return Candidate.of(source, file, withEdits, started);
  }

  private void take(ReloadLog.Source from, Candidate candidate) {
    switch (candidate) {
      case Candidate.Refused bad -> refuse(from, bad.faults());
      case Candidate.Ready ready -> {
        refused = List.of();
        boolean changes = ready.id() != inForce.id();
        if (changes) {
          live.apply(ready.id(), ready.config());
          since = clock.instant();
        }
        inForce = ready;
        log.applied(from, ready.edits().version(), Fingerprint.text(ready.id()), changes);
      }
    }
  }

  private void refuse(ReloadLog.Source from, List<ConfigFault> faults) {
    refused = faults;
    log.refused(from, faults);
  }

  private RulesInForce view(Candidate.Ready ready, Instant from) {
    return RulesPage.of(ready, from, refused);
  }

  /** What would become of an edit. */
  sealed interface Plan {
    /**
     * @param next what the edits would be
     * @param rules what would be in force
     */
    record Possible(RuleEdits next, RulesInForce rules) implements Plan {}

    /** It would not be valid. */
    record Invalid(List<ConfigFault> faults) implements Plan {}

    /** It is about something that does not exist. */
    record NoSuch(String what) implements Plan {}
  }
}
