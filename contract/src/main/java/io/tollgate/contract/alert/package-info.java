/** Told when a limit or quota is used up to a level that somebody wants to know of. */
@NullMarked
package io.tollgate.contract.alert;

import org.jspecify.annotations.NullMarked;
