package io.tollgate.contract.bus;

/**
 * The typed name of a fact that is published to every node.
 *
 * @param name {@code tollgate.event.<fact>}
 */
public record Topic<E extends Record>(String name, Class<E> event) {}
