package io.tollgate.contract.config;

import java.nio.file.Path;

/**
 * An address to listen on with TLS.
 *
 * @param certificate PEM
 * @param key PEM
 */
public record TlsListen(String host, int port, Path certificate, Path key) {}
