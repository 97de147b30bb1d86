/** The one door to Redis: connections that mend themselves, scripts, and a Redis of our own. */
@NullMarked
package io.tollgate.store;

import org.jspecify.annotations.NullMarked;
