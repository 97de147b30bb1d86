package io.tollgate.deploy.higress;

/** Where a configuration of a plugin holds. */
record Scope(Kind kind, String name) {
  enum Kind {
    EVERYWHERE,
    INGRESS,
    DOMAIN,
    SERVICE
  }

  static final Scope EVERYWHERE = new Scope(Kind.EVERYWHERE, "");

  /** An Ingress may be named with its namespace. */
  static Scope ingress(String name) {
    return new Scope(Kind.INGRESS, name.substring(name.indexOf('/') + 1));
  }

  static Scope domain(String name) {
    return new Scope(Kind.DOMAIN, name);
  }

  static Scope service(String name) {
    return new Scope(Kind.SERVICE, name);
  }
}
