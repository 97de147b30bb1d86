/** What would become of a request, and why; nothing is taken for the answer. */
@NullMarked
package io.tollgate.contract.explain;

import org.jspecify.annotations.NullMarked;
