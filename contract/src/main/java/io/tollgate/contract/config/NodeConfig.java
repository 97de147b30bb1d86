package io.tollgate.contract.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * This node.
 *
 * @param name unique in a cluster
 * @param dataDir where it keeps what must survive a restart; used by one node at a time
 * @param drainTimeout how long open streams may go on after SIGTERM
 */
public record NodeConfig(String name, Path dataDir, Duration drainTimeout) {}
