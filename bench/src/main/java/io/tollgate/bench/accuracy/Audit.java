package io.tollgate.bench.accuracy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One book, account by account, beside what the provider made. */
record Audit(String book, List<Account> accounts) {
  Audit {
    accounts = List.copyOf(accounts);
  }

  /**
   * @param accountOf which account of the book pays for a call
   * @param stamp how old the count of a killed node's open call may be
   */
  static Audit of(Book book, List<Call> calls, Function<Call, String> accountOf, Duration stamp) {
    Map<String, List<Call>> byAccount = new LinkedHashMap<>();
    for (Call call : calls) {
      byAccount.computeIfAbsent(accountOf.apply(call), name -> new ArrayList<>()).add(call);
    }
    List<Account> accounts = new ArrayList<>();
    byAccount.forEach(
        (name, own) -> {
          Range billable =
              own.stream().map(call -> call.billable(stamp)).reduce(Range.NOTHING, Range::plus);
          accounts.add(new Account(name, own, billable, book.billedTo(name)));
        });
    return new Audit(book.name(), accounts);
  }

  /** Accounts that pay for finished answers only: to the token. */
  Share exact() {
    return Share.of(accounts.stream().filter(Account::isExact).toList());
  }

  /** Accounts that pay only for answers that ended in this way. */
  Share ended(Ending ending) {
    return Share.of(accounts.stream().filter(account -> account.isAll(ending)).toList());
  }

  List<Account> with(Account.Fault fault) {
    return accounts.stream().filter(account -> account.fault() == fault).toList();
  }

  /** Not one account says anything but what it may. */
  boolean holds() {
    return with(Account.Fault.NONE).size() == accounts.size();
  }
}
