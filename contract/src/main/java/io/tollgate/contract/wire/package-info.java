/** Everything that travels on the bus, in one place. */
@NullMarked
package io.tollgate.contract.wire;

import org.jspecify.annotations.NullMarked;
