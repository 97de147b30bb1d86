package io.tollgate.proxy.demo;

/** What came of reading a request. */
sealed interface DemoReading permits DemoCall, DemoRefusal {}
