package io.tollgate.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tollgate.contract.tokens.TokenUsage;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one JSON line for each request to the logger {@code tollgate.decisions}: who wanted what,
 * what was decided and what it cost. Never a key, never a word of a prompt or an answer.
 */
final class DecisionLog {
  private static final Logger log = LoggerFactory.getLogger("tollgate.decisions");
  private static final JsonFactory JSON = new JsonFactory();
  private static final double NANOS_PER_MILLI = 1e6;

  void write(CallNotes call) {
    if (log.isInfoEnabled()) {
      log.info(line(call));
    }
  }

  static String line(CallNotes call) {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("request_id", call.requestId());
      writeNullable(json, "consumer", call.consumer);
      writeNullable(json, "route", call.route);
      writeNullable(json, "model", call.model);
      writeNullable(json, "provider", call.provider);
      json.writeStringField("verdict", call.verdict);
      writeNullable(json, "rule", call.rule);
      if (call.cause != null) {
        json.writeStringField("cause", ProxyMetrics.label(call.cause));
      }
      writeShadows(json, call);
      json.writeNumberField("status", call.status);
      json.writeStringField("outcome", call.outcome());
      json.writeBooleanField("stream", call.stream);
      json.writeNumberField("held_tokens", call.heldTokens);
      writeBill(json, call.bill);
      if (call.unread != null) {
        json.writeStringField("unread", call.unread);
      }
      writeMillis(json, "admission_ms", call.identifyNanos, call.admittedNanos);
      writeMillis(json, "first_token_ms", call.startNanos(), call.firstByteNanos);
      writeMillis(json, "total_ms", call.startNanos(), call.endNanos);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't be written", e);
    }
    return text.toString();
  }

  private static void writeShadows(JsonGenerator json, CallNotes call) throws IOException {
    if (call.limitsThatWouldRefuse.isEmpty() && call.budgetsThatWouldRefuse.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("would_refuse");
    for (String rule : call.limitsThatWouldRefuse) {
      json.writeString(rule);
    }
    for (String budget : call.budgetsThatWouldRefuse) {
      json.writeString(BudgetRule.nameOf(budget));
    }
    json.writeEndArray();
  }

  private static void writeBill(JsonGenerator json, @Nullable Bill bill) throws IOException {
    if (bill != null) {
      json.writeNumberField("prompt_tokens", bill.usage().promptTokens());
      json.writeNumberField("completion_tokens", bill.usage().completionTokens());
      json.writeNumberField("billed_tokens", bill.usage().billableTokens());
      writeParts(json, bill.usage());
      json.writeBooleanField("estimated", bill.estimated());
    }
  }

  /** Of the parts only those that the provider reported: absent is not zero. */
  private static void writeParts(JsonGenerator json, TokenUsage usage) throws IOException {
    writePart(json, "cached_tokens", usage.cached());
    writePart(json, "cache_creation_tokens", usage.cacheCreation());
    writePart(json, "reasoning_tokens", usage.reasoning());
    writePart(json, "audio_input_tokens", usage.audioInput());
    writePart(json, "audio_output_tokens", usage.audioOutput());
  }

  private static void writePart(JsonGenerator json, String name, @Nullable Long tokens)
      throws IOException {
    if (tokens != null) {
      json.writeNumberField(name, tokens);
    }
  }

  private static void writeNullable(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeStringField(name, value);
    }
  }

  /** Left out when one of the two moments never came. */
  private static void writeMillis(JsonGenerator json, String name, long from, long to)
      throws IOException {
    if (from != 0 && to != 0) {
      json.writeNumberField(name, Math.round((to - from) / NANOS_PER_MILLI * 1000) / 1000.0);
    }
  }
}
