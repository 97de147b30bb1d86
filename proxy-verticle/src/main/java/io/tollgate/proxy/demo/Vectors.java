package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tollgate.proxy.demo.DemoCall.Embedding;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Random;

/** Made-up vectors of length one: the same text always gets the same. */
final class Vectors {
  private Vectors() {}

  static Buffer document(Embedding call, int promptTokens, boolean tellUsage) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (String input : call.inputs()) {
      float[] vector = vector(input, call.dimensions());
      ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
      if (call.base64()) {
        item.put("embedding", base64(vector));
      } else {
        putNumbers(item.putArray("embedding"), vector);
      }
    }
    body.put("model", call.model());
    if (tellUsage) {
      body.putObject("usage").put("prompt_tokens", promptTokens).put("total_tokens", promptTokens);
    }
    return DemoJson.bytes(body);
  }

  private static float[] vector(String text, int dimensions) {
    Random random = new Random(text.hashCode());
    double[] direction = new double[dimensions];
    double squares = 0;
    for (int i = 0; i < dimensions; i++) {
      direction[i] = random.nextGaussian();
      squares += direction[i] * direction[i];
    }
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (direction[i] / Math.sqrt(squares));
    }
    return vector;
  }

  private static void putNumbers(ArrayNode numbers, float[] vector) {
    for (float number : vector) {
      numbers.add(number);
    }
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
