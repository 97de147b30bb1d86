/**
 * The only door to the event bus: typed addresses, one codec, a client that prefers what is near
 * and a server that always replies.
 */
@NullMarked
package io.tollgate.contract.bus;

import org.jspecify.annotations.NullMarked;
