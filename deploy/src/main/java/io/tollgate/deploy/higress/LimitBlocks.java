package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A route's {@code ai-token-ratelimit}. */
final class LimitBlocks {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MOST_ITEMS = 10;
  private static final int LEAST_CODE = 400;
  private static final int HIGHEST_CODE = 599;

  private final Services services;
  private final RuleItems items;
  private final boolean firstMatchOnly;

  LimitBlocks(Services services, RuleItems items, boolean firstMatchOnly) {
    this.services = services;
    this.items = items;
    this.firstMatchOnly = firstMatchOnly;
  }

  /** One block, or several where Tollgate takes fewer items in one; none when nothing is left. */
  ArrayNode of(Source config) {
    String name = name(config.at("rule_name"));
    List<ObjectNode> kept = items.of(config.at("rule_items"));
    Source global = config.at("global_threshold");
    ArrayNode blocks = NODES.arrayNode();
    if (global.isAbsent() && kept.isEmpty()) {
      config.leftOut("ai-token-ratelimit without a limit that Tollgate can take over");
      return blocks;
    }
    ObjectNode rest = rest(config);
    for (int first = 0; first == 0 || first < kept.size(); first += MOST_ITEMS) {
      ObjectNode block = blocks.addObject();
      block.put("rule_name", first == 0 ? name : name + "-" + blocks.size());
      if (first == 0 && !global.isAbsent()) {
        block.set("global_threshold", RuleItems.windows(global));
        global.leaveOutOthers("global_threshold");
      }
      List<ObjectNode> some = kept.subList(first, Math.min(kept.size(), first + MOST_ITEMS));
      if (!some.isEmpty()) {
        ArrayNode list = block.putArray("rule_items");
        some.forEach(list::add);
      }
      block.setAll(rest.deepCopy());
    }
    if (blocks.size() > 1) {
      config.changed(
          "more than 10 rule items are several blocks, each with a rule_name of its own;"
              + " the counters of the later ones begin anew");
    }
    config.leaveOut("show_limit_quota_header", "answers of Tollgate always say what is left");
    config.leaveOutOthers("ai-token-ratelimit");
    return blocks;
  }

  private ObjectNode rest(Source config) {
    ObjectNode rest = NODES.objectNode();
    if (firstMatchOnly) {
      rest.put("match", "first");
    }
    Source code = config.at("rejected_code");
    int status = code.node().asInt();
    if (status >= LEAST_CODE && status <= HIGHEST_CODE) {
      rest.put("rejected_code", status);
    } else if (!code.isAbsent()) {
      code.leftOut(status + " is no status of a refusal; 429 is sent");
    }
    Source message = config.at("rejected_msg");
    if (!message.text().isBlank()) {
      rest.put("rejected_msg", Secrets.literal(message.text()));
    }
    Source redis = config.at("redis");
    if (redis.isAbsent()) {
      config.changed("without redis, counters are in the node's own store");
    } else {
      rest.set("redis", services.redis(redis));
    }
    return rest;
  }

  private static String name(Source name) {
    String kept = name.text().replaceAll("[\\s\\p{Cntrl}{}]", "_");
    if (kept.isEmpty()) {
      name.changed("an empty rule_name; the rule is called imported, and its counters begin anew");
      return "imported";
    }
    if (!kept.equals(name.text())) {
      name.changed(
          "written as "
              + kept
              + ", as names have no spaces and braces; its counters begin"
              + " anew");
    }
    return kept;
  }
}
