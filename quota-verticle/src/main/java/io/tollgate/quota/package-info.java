/** Can it pay. */
@NullMarked
package io.tollgate.quota;

import org.jspecify.annotations.NullMarked;
