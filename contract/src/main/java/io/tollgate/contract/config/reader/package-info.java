/**
 * Turns a tree of text into the records of {@code io.tollgate.contract.config}: one reader for each
 * section, all faults of a file at once.
 */
@NullMarked
package io.tollgate.contract.config.reader;

import org.jspecify.annotations.NullMarked;
