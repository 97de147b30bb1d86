package io.tollgate.store;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A store did not do what it was asked. Carries no stack trace: it is expected whenever a Redis is
 * away. The message names the store, says what is to be done, and never tells a secret.
 */
public final class StoreFault extends RuntimeException {
  /** What went wrong. */
  public enum Kind {
    /** There is no connection; whether a command that was under way ran is unknown. */
    UNREACHABLE("it can't be reached", "check that it runs and that this node may connect to it"),

    /** No answer in time; the command may have run, or run yet. */
    TIMED_OUT(
        "it does not answer", "check its load and the network, or allow it more with timeout"),

    /** A replica that was taken for a master. */
    READONLY(
        "it is a replica and takes no writes",
        "let the address lead to the master; the next connection finds it where it changes"),

    /** It has as much data as it may have. */
    OUT_OF_MEMORY("its memory is used up", "raise maxmemory, or remove what does not belong there"),

    /** It has started and reads its data. */
    LOADING("it is loading its data", "wait until it has read them"),

    /** The password is missing or wrong. */
    UNAUTHENTICATED(
        "it does not accept the password",
        "give store and server the same user and password; the link goes on trying"),

    /** The user may not do what Tollgate does. */
    NOT_PERMITTED(
        "its user is not permitted to do that",
        "permit the user the commands and keys that docs/operations.md lists"),

    /** A replica that has lost its master. */
    MASTER_DOWN("it is a replica without its master", "bring the master back, or promote one"),

    /** No majority of masters, or nobody has the slot. */
    CLUSTER_DOWN(
        "the cluster does not serve this slot",
        "bring back the masters that are away, or a replica of each"),

    /** The slot is being moved to another server. */
    MOVING("the slot is on its way to another server", "wait until the resharding has ended"),

    /** Too few replicas follow. */
    NO_REPLICAS(
        "too few of its replicas follow", "bring replicas back, or lower min-replicas-to-write"),

    /** It can't write to its disk, and takes no more until it can. */
    NOT_PERSISTED("it can't save its data", "look for a full or broken disk in its log"),

    /** A script that is not ours runs for too long. */
    BUSY("a script of somebody else holds it up", "end that script with SCRIPT KILL"),

    /** Redis answered with another error. */
    REFUSED("it refused", "");

    /** Redis's own word for it, with which an error begins. */
    private static final Map<String, Kind> WORDS =
        Map.ofEntries(
            Map.entry("READONLY", READONLY),
            Map.entry("OOM", OUT_OF_MEMORY),
            Map.entry("LOADING", LOADING),
            Map.entry("NOAUTH", UNAUTHENTICATED),
            Map.entry("WRONGPASS", UNAUTHENTICATED),
            Map.entry("NOPERM", NOT_PERMITTED),
            Map.entry("DENIED", NOT_PERMITTED),
            Map.entry("MASTERDOWN", MASTER_DOWN),
            Map.entry("CLUSTERDOWN", CLUSTER_DOWN),
            Map.entry("MOVED", MOVING),
            Map.entry("ASK", MOVING),
            Map.entry("TRYAGAIN", MOVING),
            Map.entry("NOREPLICAS", NO_REPLICAS),
            Map.entry("MISCONF", NOT_PERSISTED),
            Map.entry("BUSY", BUSY));

    private final String what;
    private final String remedy;

    Kind(String what, String remedy) {
      this.what = what;
      this.remedy = remedy;
    }

    /** Whether only another connection can help: this one leads to a server that can't serve. */
    boolean isOfConnection() {
      return switch (this) {
        case UNREACHABLE, TIMED_OUT, READONLY, LOADING, UNAUTHENTICATED, MASTER_DOWN -> true;
        case OUT_OF_MEMORY,
            NOT_PERMITTED,
            CLUSTER_DOWN,
            MOVING,
            NO_REPLICAS,
            NOT_PERSISTED,
            BUSY,
            REFUSED ->
            false;
      };
    }

    /** Whether it is the store's fault: another command would fail as well. */
    boolean isOfStore() {
      return this != REFUSED && this != MOVING;
    }
  }

  /** An error of Redis, or of a command inside a script, as Redis 6 and 7 pass it on. */
  private static final Pattern ERROR =
      Pattern.compile("(?:ERR Error running script.*?: -)?([A-Z][A-Z_]+)(?: .*)?", Pattern.DOTALL);

  private final Kind kind;
  private final String reason;

  StoreFault(Kind kind, String store, String reason) {
    super(message(kind, store, reason), null, false, false);
    this.kind = kind;
    this.reason = reason;
  }

  /**
   * The fault that an error of Redis stands for.
   *
   * @param error as Redis words it
   */
  static StoreFault of(String store, String error) {
    return new StoreFault(Kind.WORDS.getOrDefault(wordOf(error), Kind.REFUSED), store, error);
  }

  public Kind kind() {
    return kind;
  }

  /** Redis's own words where it has answered. */
  String reason() {
    return reason;
  }

  /** Whether Redis's error begins with this word. */
  boolean is(String word) {
    return wordOf(reason).equals(word);
  }

  /** The word in capitals that an error of Redis begins with; empty where there is none. */
  static String wordOf(String error) {
    Matcher form = ERROR.matcher(error);
    return form.matches() ? form.group(1) : "";
  }

  private static String message(Kind kind, String store, String reason) {
    String text = "store " + store + ": " + kind.what + " (" + reason + ")";
    return kind.remedy.isEmpty() ? text : text + "; " + kind.remedy;
  }
}
