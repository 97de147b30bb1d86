package io.tollgate.contract.explain;

/**
 * A rule, or an item of one, that does not apply to a request.
 *
 * @param rule by name, an item with what it goes by
 * @param why it does not
 */
public record IdleRule(String rule, String why) {}
