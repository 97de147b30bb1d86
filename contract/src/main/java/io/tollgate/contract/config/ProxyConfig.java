package io.tollgate.contract.config;

import org.jspecify.annotations.Nullable;

/**
 * Where applications send their requests.
 *
 * @param https null when there is no certificate
 * @param maxBodyBytes the largest request that is accepted
 */
public record ProxyConfig(Listen http, @Nullable TlsListen https, int maxBodyBytes) {}
