/**
 * Undoes the content encodings of answers as their bytes pass, in bounded memory: gzip, deflate and
 * brotli. Does no I/O and keeps to one event loop.
 */
@NullMarked
package io.tollgate.proxy.encoding;

import org.jspecify.annotations.NullMarked;
