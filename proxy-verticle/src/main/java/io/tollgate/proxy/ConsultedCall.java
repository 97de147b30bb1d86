package io.tollgate.proxy;

import io.tollgate.proxy.service.Question;
import org.jspecify.annotations.Nullable;

/**
 * A request that may go to a provider, as far as the route's limiting service goes too.
 *
 * @param question which that service is to be told the usage of; null when it was not asked
 */
record ConsultedCall(AdmittedCall admitted, @Nullable Question question) {}
