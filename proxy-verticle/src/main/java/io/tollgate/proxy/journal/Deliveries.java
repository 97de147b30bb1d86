package io.tollgate.proxy.journal;

/** Takes events that are to be delivered; called on the event loop of their journal. */
public interface Deliveries {
  /** It awaits that recipient. */
  void deliver(Entry entry, Recipient to);
}
