package io.tollgate.contract.bus;

import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.limiter.LimiterBus;
import io.tollgate.contract.quota.QuotaBus;
import io.vertx.core.eventbus.EventBus;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Registers the codec of every record that travels. Called once for each Vert.x instance. */
public final class BusCodecs {
  private BusCodecs() {}

  /**
   * Registers all records of Tollgate's own operations.
   *
   * @throws IllegalStateException when called a second time on one bus
   */
  public static void register(EventBus bus) {
    register(
        bus,
        Stream.of(AuthBus.ADDRESSES, LimiterBus.ADDRESSES, QuotaBus.ADDRESSES)
            .flatMap(Collection::stream)
            .toList(),
        List.of(Presence.NODE_ALIVE));
  }

  static void register(
      EventBus bus, Collection<? extends Address<?, ?>> addresses, Collection<Topic<?>> topics) {
    Set<Class<?>> records = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));
    addresses.forEach(address -> collect(address.request(), records));
    addresses.forEach(address -> collect(address.reply(), records));
    topics.forEach(topic -> collect(topic.event(), records));
    records.forEach(type -> bus.registerCodec(new RecordCodec<>(type.asSubclass(Record.class))));
  }

  private static void collect(Class<?> type, Set<Class<?>> records) {
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        collect(permitted, records);
      }
    } else if (type.isRecord()) {
      records.add(type);
    } else {
      throw new IllegalArgumentException(type + " is neither a record nor sealed over records");
    }
  }
}
