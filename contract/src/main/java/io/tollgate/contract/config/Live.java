package io.tollgate.contract.config;

/**
 * What one part of a node makes of the configuration, which may change while requests run. A
 * request that began with one version is judged by it to its end. Thread-safe.
 *
 * @param <T> immutable, as all event loops use it
 */
public interface Live<T> {

  /**
   * @param id of the configuration that it was made from
   */
  record Version<T>(long id, T value) {}

  /** What goes for a request that begins now. */
  Version<T> newest();

  /** What goes for a request that began with this version; the newest where that is forgotten. */
  T of(long version);

  /** What goes for a request that begins now, where its version does not matter. */
  default T now() {
    return newest().value();
  }

  /** Something that never changes. */
  static <T> Live<T> fixed(T value) {
    Version<T> only = new Version<>(0, value);
    return new Live<>() {
      @Override
      public Version<T> newest() {
        return only;
      }

      @Override
      public T of(long version) {
        return value;
      }
    };
  }
}
