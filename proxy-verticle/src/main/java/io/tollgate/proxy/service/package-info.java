/** Limiting services of others, which speak the interface of Alibaba ASM over HTTP. */
@NullMarked
package io.tollgate.proxy.service;

import org.jspecify.annotations.NullMarked;
