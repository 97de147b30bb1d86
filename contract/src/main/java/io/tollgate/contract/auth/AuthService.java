package io.tollgate.contract.auth;

import io.vertx.core.Future;

/** Tells who is calling. The future fails only when the conversation does. */
public interface AuthService {
  Future<Verdict> identify(AuthRequest request);
}
