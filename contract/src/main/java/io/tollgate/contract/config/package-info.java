/**
 * The configuration as validated, immutable records, and the readers that turn a tree of text into
 * them.
 */
@NullMarked
package io.tollgate.contract.config;

import org.jspecify.annotations.NullMarked;
