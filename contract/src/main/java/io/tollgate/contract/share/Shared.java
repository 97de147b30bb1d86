package io.tollgate.contract.share;

import java.util.List;

/** What a node's parts say to a request that asks for holds on all of them. */
public sealed interface Shared {
  /**
   * Tokens are held on each.
   *
   * @param standings in the order of the question, these holds included
   */
  record Held(List<Standing> standings) implements Shared {
    public Held {
      standings = List.copyOf(standings);
    }
  }

  /**
   * One is spent; nothing was taken.
   *
   * @param index which one, in the order of the question
   */
  record Spent(int index, Standing standing) implements Shared {}

  /**
   * There is no part to go by: the store never told of this balance, or too many are kept already.
   * Nothing was taken.
   *
   * @param reason for the log
   */
  record Unknown(int index, String reason) implements Shared {}
}
