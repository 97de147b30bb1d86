/** What a request cost: token usage and the event that settles it. */
@NullMarked
package io.tollgate.contract.usage;

import org.jspecify.annotations.NullMarked;
