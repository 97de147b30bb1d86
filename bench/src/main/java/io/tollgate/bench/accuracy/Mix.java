package io.tollgate.bench.accuracy;

/**
 * How often calls are of a kind, each as a part of all calls from 0 to 1.
 *
 * @param streams that stream
 * @param shared of one of a few consumers that many callers share
 * @param leave whose client leaves
 * @param breaks that the provider breaks off
 * @param stall that the provider leaves open and says no more
 * @param noUsage of which the provider tells no usage
 * @param error that the provider answers with an error
 * @param delay whose answer begins late
 * @param split whose answer comes in pieces that end anywhere
 */
record Mix(
    double streams,
    double shared,
    double leave,
    double breaks,
    double stall,
    double noUsage,
    double error,
    double delay,
    double split) {
  static final Mix PLAIN = new Mix(0.7, 0.3, 0, 0, 0, 0, 0, 0, 0);

  Mix {
    for (double part :
        new double[] {streams, shared, leave, breaks, stall, noUsage, error, delay, split}) {
      if (!(part >= 0 && part <= 1)) {
        throw new IllegalArgumentException(
            "a part of all calls is %s; it is from 0 to 1".formatted(part));
      }
    }
    double faults = breaks + stall + noUsage + error + delay + split;
    if (faults > 1) {
      throw new IllegalArgumentException(
          "faults of the provider are %s of all calls; at most 1".formatted(faults));
    }
  }
}
