package io.tollgate.contract.bus;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Registers the codec of every record that travels. Called once for each Vert.x instance. */
public final class BusCodecs {
  private BusCodecs() {}

  /**
   * Registers the records of these operations and facts, and of what {@link Presence} says.
   *
   * @throws IllegalStateException when called a second time on one bus
   */
  public static void register(
      Vertx vertx, Collection<Address<?, ?>> addresses, Collection<Topic<?>> topics) {
    List<Topic<?>> all = new ArrayList<>(topics);
    all.add(Presence.NODE_ALIVE);
    register(vertx.eventBus(), addresses, all);
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
