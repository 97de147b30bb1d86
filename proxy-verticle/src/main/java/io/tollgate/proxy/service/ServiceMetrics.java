package io.tollgate.proxy.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What limiting services were asked and told, by route. Thread-safe. */
public final class ServiceMetrics {
  private final MeterRegistry registry;

  public ServiceMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  public void asked(String route, Verdict verdict) {
    String outcome =
        switch (verdict) {
          case Verdict.Allowed allowed -> "allowed";
          case Verdict.Denied denied -> "refused";
          case Verdict.Broken broken -> "failed";
        };
    count("tollgate.service.checks", "Questions to limiting services", route, outcome);
  }

  void sent(String route) {
    updated(route, "sent");
  }

  void retried(String route) {
    updated(route, "retried");
  }

  void dropped(String route) {
    updated(route, "dropped");
  }

  private void updated(String route, String outcome) {
    count("tollgate.service.updates", "Usage told to limiting services", route, outcome);
  }

  private void count(String name, String description, String route, String outcome) {
    Counter.builder(name)
        .description(description)
        .tag("route", route)
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }
}
