package io.tollgate.proxy.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The models that are listed; every other name is answered too. */
final class DemoModels {
  private static final List<String> NAMES =
      List.of("qwen-max", "qwen-plus", "deepseek-chat", "gpt-4o", "text-embedding-3-small");

  private DemoModels() {}

  static ObjectNode document() {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (String name : NAMES) {
      data.addObject()
          .put("id", name)
          .put("object", "model")
          .put("created", 0)
          .put("owned_by", "tollgate-simulated");
    }
    return body;
  }
}
