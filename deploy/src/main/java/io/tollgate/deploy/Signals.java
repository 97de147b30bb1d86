package io.tollgate.deploy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT: the first asks the node to end, a second one ends it at once. A shutdown hook
 * alone could do neither: it is deaf to the second signal, and the exit status would be the
 * signal's. SIGHUP has the configuration's file read again.
 *
 * <p>The only way to a signal is {@code sun.misc.Signal}, which every JDK has (JEP 260) and every
 * compiler warns of; hence by reflection.
 */
final class Signals {
  private static final int BASE_STATUS = 128;

  private Signals() {}

  /**
   * @param end run once, on a thread of the JVM's; must not block
   */
  static void onFirst(Runnable end) {
    AtomicBoolean ending = new AtomicBoolean();
    handle("TERM", 15, ending, end);
    handle("INT", 2, ending, end);
  }

  /**
   * @param reload run at each, on a thread of the JVM's; must not block
   */
  static void onHangup(Runnable reload) {
    handle("HUP", reload);
  }

  private static void handle(String name, int number, AtomicBoolean ending, Runnable end) {
    handle(
        name,
        () -> {
          if (ending.compareAndSet(false, true)) {
            end.run();
          } else {
            Runtime.getRuntime().halt(BASE_STATUS + number);
          }
        });
  }

  private static void handle(String name, Runnable reaction) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object received =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                reaction.run();
                return null;
              });
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(null, signal.getConstructor(String.class).newInstance(name), received);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java platform has no signals", e);
    }
  }
}
