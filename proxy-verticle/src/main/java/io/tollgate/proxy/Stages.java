package io.tollgate.proxy;

/** What a request passes through, in this order. One of each for each event loop. */
record Stages(
    CallReader reader,
    Identification identification,
    ModelList modelList,
    QuotaDesk quotaDesk,
    Gate gate,
    Consultation consultation,
    Forwarding forwarding,
    Ledger ledger) {}
