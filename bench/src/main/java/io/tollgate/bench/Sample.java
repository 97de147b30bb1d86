package io.tollgate.bench;

import java.time.Duration;
import java.util.Locale;

/**
 * One target under one load for some seconds: a line of the results.
 *
 * @param scenario what was asked
 * @param load how: {@code saturation}, or {@code paced} at a fixed rate
 * @param round counted from one
 * @param seconds how long
 * @param requests answered in that time
 * @param errors answers other than 200, broken or incomplete ones, and requests without an answer
 * @param p50Micros median from request to the end of the answer
 * @param p99Micros the same, 99th percentile
 * @param firstByteP50Micros median from request to the first byte of the body; zero if not measured
 * @param firstByteP99Micros the same, 99th percentile
 * @param gatewayCpu of the gateway's process
 * @param storeCpu of the Redis that it runs
 */
record Sample(
    String scenario,
    String load,
    int round,
    String target,
    double seconds,
    long requests,
    long errors,
    long p50Micros,
    long p99Micros,
    long firstByteP50Micros,
    long firstByteP99Micros,
    Duration gatewayCpu,
    Duration storeCpu) {
  static final String HEADER =
      "scenario,load,round,target,seconds,requests,errors,requests_per_second,p50_us,p99_us,"
          + "first_byte_p50_us,first_byte_p99_us,gateway_cpu_us_per_request,"
          + "store_cpu_us_per_request";

  double perSecond() {
    return requests / seconds;
  }

  double gatewayMicros() {
    return microsPerRequest(gatewayCpu);
  }

  double storeMicros() {
    return microsPerRequest(storeCpu);
  }

  private double microsPerRequest(Duration cpu) {
    return requests == 0 ? 0 : cpu.toNanos() / 1e3 / requests;
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%d,%s,%.2f,%d,%d,%.0f,%d,%d,%d,%d,%.1f,%.1f",
        scenario,
        load,
        round,
        target,
        seconds,
        requests,
        errors,
        perSecond(),
        p50Micros,
        p99Micros,
        firstByteP50Micros,
        firstByteP99Micros,
        gatewayMicros(),
        storeMicros());
  }
}
