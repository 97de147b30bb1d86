/**
 * The client's side of a request: what it asks for, which route that is, with whose key, and how it
 * is told no.
 */
@NullMarked
package io.tollgate.proxy.http;

import org.jspecify.annotations.NullMarked;
