package io.tollgate.proxy.upstream;

import io.tollgate.contract.config.FallbackConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom one request may go to, in order, at least one: chosen once, before it is admitted. */
public final class UpstreamChain {
  private final List<Upstream> upstreams;
  private final FallbackConfig.@Nullable On on;

  /**
   * @param on what makes the next in the chain be asked; null for nothing
   */
  UpstreamChain(List<Upstream> upstreams, FallbackConfig.@Nullable On on) {
    this.upstreams = upstreams;
    this.on = on;
  }

  /** The provider that is asked first. */
  public String firstProvider() {
    return upstreams.getFirst().provider();
  }

  List<Upstream> upstreams() {
    return upstreams;
  }

  FallbackConfig.@Nullable On on() {
    return on;
  }
}
