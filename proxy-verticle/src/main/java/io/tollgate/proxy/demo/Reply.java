package io.tollgate.proxy.demo;

import io.tollgate.proxy.demo.DemoCall.Generation;

/** A request for text and what is answered to it. */
record Reply(Generation call, int promptTokens, Answer answer) {}
