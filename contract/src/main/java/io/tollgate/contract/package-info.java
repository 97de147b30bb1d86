/** What the services share: the roles of a node. Everything here is plain data without I/O. */
@NullMarked
package io.tollgate.contract;

import org.jspecify.annotations.NullMarked;
