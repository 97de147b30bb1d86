package io.tollgate.contract.quota;

/**
 * Who changed this balance lately?
 *
 * @param account as in {@link AccountQuery}
 * @param consumer whose balance; of a budget the value
 * @param limit how many entries at most, the newest first
 */
public record AuditQuery(String account, String consumer, int limit) {}
