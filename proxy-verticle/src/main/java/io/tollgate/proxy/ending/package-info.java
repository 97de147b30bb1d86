/**
 * Ends a provider's stream before its own end, so that its client takes it for one that has reached
 * its longest length.
 */
@NullMarked
package io.tollgate.proxy.ending;

import org.jspecify.annotations.NullMarked;
