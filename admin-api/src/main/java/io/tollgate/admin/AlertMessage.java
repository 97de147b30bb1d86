package io.tollgate.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tollgate.contract.alert.Alert;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An alert as receivers of a webhook get it, and its signature. */
final class AlertMessage {
  private static final String ALGORITHM = "HmacSHA256";
  private static final JsonFactory JSON = new JsonFactory();

  private AlertMessage() {}

  /** JSON in UTF-8. */
  static Buffer body(Alert alert) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("id", alert.id());
      json.writeStringField("kind", alert.kind().label());
      json.writeStringField("rule", alert.rule());
      if (alert.subject() == null) {
        json.writeNullField("subject");
      } else {
        json.writeStringField("subject", alert.subject());
      }
      json.writeNumberField("level", alert.level());
      json.writeNumberField("used", alert.used());
      json.writeNumberField("limit", alert.limit());
      json.writeStringField("unit", alert.unit());
      json.writeStringField("window", alert.window());
      json.writeBooleanField("shadow", alert.shadow());
      json.writeStringField("node", alert.node());
      json.writeStringField("at", Instant.ofEpochMilli(alert.atMillis()).toString());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory can't be written", e);
    }
    return Buffer.buffer(text.toByteArray());
  }

  /**
   * {@code sha256=<hex>}: the HMAC of the timestamp, a point and the body.
   *
   * @param timestamp as its header says it, so that an old message can be told
   */
  static String signature(String secret, String timestamp, Buffer body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((timestamp + '.').getBytes(StandardCharsets.UTF_8));
      return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
