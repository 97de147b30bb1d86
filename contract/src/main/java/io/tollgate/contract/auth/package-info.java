/** Who is calling: the question that the proxy asks and the verdicts that it can get. */
@NullMarked
package io.tollgate.contract.auth;

import org.jspecify.annotations.NullMarked;
