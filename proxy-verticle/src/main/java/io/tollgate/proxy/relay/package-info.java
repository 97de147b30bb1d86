/** The way of an answer from the provider to the client, metered as it passes. */
@NullMarked
package io.tollgate.proxy.relay;

import org.jspecify.annotations.NullMarked;
