package io.tollgate.proxy.meter;

/**
 * Learns how many tokens an amount of several things makes, such as characters of two kinds and
 * messages: a rate for each thing, fitted to all exact counts so far, old ones counting less.
 * Before there are any, the rates are those that it is given; each of these stands for as many
 * tokens of experience as it is given, too.
 *
 * <p>Its memory does not grow. No rate leaves an eighth to eight times its first value.
 */
final class LinearFit {
  private static final double LARGEST_CORRECTION = 4;
  private static final double LARGEST_DRIFT = 8;
  private static final double MEMORY_TOKENS = 50_000;

  private final double[] usual;
  private final double[] rates;
  private final double[] trust;
  private final double[][] moments;
  private final double[] products;
  private double seenTokens;

  /**
   * @param usual what each rate is at first; above zero
   * @param trust how many tokens of experience that is worth
   */
  LinearFit(double[] usual, double[] trust) {
    this.usual = usual.clone();
    this.rates = usual.clone();
    this.trust = trust.clone();
    this.moments = new double[usual.length][usual.length];
    this.products = new double[usual.length];
  }

  /** The tokens of these amounts. */
  double tokens(long... amounts) {
    return product(rates, amounts);
  }

  /** Takes an exact count as a lesson. */
  void learn(long exactTokens, long... amounts) {
    double usually = product(usual, amounts);
    if (usually <= 0) {
      return;
    }
    double expected = product(rates, amounts);
    double exact =
        Math.clamp(
            (double) exactTokens, expected / LARGEST_CORRECTION, expected * LARGEST_CORRECTION);
    // The spread of a count grows with its size, so each token weighs the same.
    double weight = 1 / usually;
    for (int i = 0; i < amounts.length; i++) {
      for (int j = 0; j < amounts.length; j++) {
        moments[i][j] += weight * (double) amounts[i] * (double) amounts[j];
      }
      products[i] += weight * (double) amounts[i] * exact;
    }
    seenTokens += usually;
    forget();
    fit();
  }

  private void forget() {
    if (seenTokens > MEMORY_TOKENS) {
      seenTokens /= 2;
      for (int i = 0; i < products.length; i++) {
        products[i] /= 2;
        for (int j = 0; j < products.length; j++) {
          moments[i][j] /= 2;
        }
      }
    }
  }

  private void fit() {
    int n = rates.length;
    double[][] a = new double[n][];
    double[] b = products.clone();
    for (int i = 0; i < n; i++) {
      a[i] = moments[i].clone();
      a[i][i] += trust[i] / (usual[i] * usual[i]);
      b[i] += trust[i] / usual[i];
    }
    solve(a, b);
    for (int i = 0; i < n; i++) {
      rates[i] = Math.clamp(b[i], usual[i] / LARGEST_DRIFT, usual[i] * LARGEST_DRIFT);
    }
  }

  /** Leaves the solution in {@code b}. The matrix is positive definite, so any order will do. */
  private static void solve(double[][] a, double[] b) {
    int n = b.length;
    for (int pivot = 0; pivot < n; pivot++) {
      for (int row = pivot + 1; row < n; row++) {
        double factor = a[row][pivot] / a[pivot][pivot];
        for (int column = pivot; column < n; column++) {
          a[row][column] -= factor * a[pivot][column];
        }
        b[row] -= factor * b[pivot];
      }
    }
    for (int row = n - 1; row >= 0; row--) {
      for (int column = row + 1; column < n; column++) {
        b[row] -= a[row][column] * b[column];
      }
      b[row] /= a[row][row];
    }
  }

  private static double product(double[] rates, long[] amounts) {
    double sum = 0;
    for (int i = 0; i < amounts.length; i++) {
      sum += rates[i] * (double) amounts[i];
    }
    return sum;
  }
}
