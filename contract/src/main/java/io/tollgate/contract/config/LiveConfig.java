package io.tollgate.contract.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The configuration that is in force on this node, with what each part has made of it. A new one is
 * in force for all parts at once, when every part has made what it needs, or not at all.
 * Thread-safe.
 */
public final class LiveConfig {
  /** The newest and those by which requests may still be judged that began before it. */
  private static final int KEPT = 8;

  /**
   * @param made one thing for each maker, in their order
   */
  private record Made(long id, TollgateConfig config, List<Object> made) {}

  private final List<Function<TollgateConfig, ?>> makers = new ArrayList<>();

  /** The newest first; replaced as a whole. */
  private volatile List<Made> versions;

  /**
   * @param id the same on all nodes that have the same rules
   */
  public LiveConfig(long id, TollgateConfig config) {
    this.versions = List.of(new Made(id, config, List.of()));
  }

  /** One that nobody is going to change. */
  public static LiveConfig of(TollgateConfig config) {
    return new LiveConfig(0, config);
  }

  /** The newest. */
  public TollgateConfig config() {
    return versions.getFirst().config();
  }

  /** The newest one's. */
  public long id() {
    return versions.getFirst().id();
  }

  /**
   * Adds a part, for as long as the node lives.
   *
   * @param maker makes something immutable of each configuration, before that is in force; what it
   *     throws keeps the configuration from being used
   */
  public synchronized <T> Live<T> view(Function<TollgateConfig, T> maker) {
    int place = makers.size();
    versions =
        versions.stream()
            .map(
                version ->
                    new Made(
                        version.id(),
                        version.config(),
                        Stream.concat(
                                version.made().stream(),
                                Stream.of((Object) maker.apply(version.config())))
                            .toList()))
            .toList();
    makers.add(maker);
    return new View<>(place);
  }

  /**
   * Puts a configuration in force.
   *
   * @throws RuntimeException what a part's maker threw; all is as it was
   */
  public synchronized void apply(long id, TollgateConfig config) {
    List<Object> made = new ArrayList<>(makers.size());
    for (Function<TollgateConfig, ?> maker : makers) {
      made.add(maker.apply(config));
    }
    versions =
        Stream.concat(Stream.of(new Made(id, config, List.copyOf(made))), versions.stream())
            .limit(KEPT)
            .toList();
  }

  private final class View<T> implements Live<T> {
    private final int place;

    View(int place) {
      this.place = place;
    }

    @Override
    public Version<T> newest() {
      Made newest = versions.getFirst();
      return new Version<>(newest.id(), in(newest));
    }

    @Override
    public T of(long version) {
      List<Made> known = versions;
      for (Made made : known) {
        if (made.id() == version) {
          return in(made);
        }
      }
      return in(known.getFirst());
    }

    /** What stands at the place was made by the maker that this view was given for. */
    @SuppressWarnings("unchecked")
    private T in(Made version) {
      return (T) version.made().get(place);
    }
  }
}
