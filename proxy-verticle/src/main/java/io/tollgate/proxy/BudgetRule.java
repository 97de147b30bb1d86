package io.tollgate.proxy;

/** What a budget is called among the rules, whose names have three parts. */
final class BudgetRule {
  private BudgetRule() {}

  static String nameOf(String budget) {
    return "quota/" + budget;
  }
}
