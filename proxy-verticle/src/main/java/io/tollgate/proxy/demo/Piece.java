package io.tollgate.proxy.demo;

/**
 * A part of an answer that goes out as one chunk: one token, or the few that make up one character.
 *
 * @param json the text as a quoted JSON string
 */
record Piece(String text, int tokens, String json) {}
