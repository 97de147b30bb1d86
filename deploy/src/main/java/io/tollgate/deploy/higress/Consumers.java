package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may call, out of every configuration of key-auth. */
final class Consumers {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cntrl}{}\"]{1,128}");
  private static final String BEARER = "Bearer ";
  private static final String NOBODY = "nobody";

  private final Secrets secrets;
  private final Map<String, Set<String>> keys = new LinkedHashMap<>();
  private final Map<String, String> owners = new HashMap<>();
  private final Set<String> headers = new LinkedHashSet<>();
  private final Set<String> parameters = new LinkedHashSet<>();

  Consumers(Secrets secrets) {
    this.secrets = secrets;
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  void add(Source config) {
    places(config);
    for (Source consumer : config.at("consumers").list()) {
      consumer(consumer);
    }
    config.at("allow");
    config.at("global_auth");
    config.leaveOut("realm", "a refusal of Tollgate says realm=Tollgate");
    config.leaveOutOthers("key-auth");
  }

  private void consumer(Source consumer) {
    String name = consumer.at("name").text();
    if (!NAME.matcher(name).matches()) {
      consumer.leftOut(
          "a consumer whose name is empty or has spaces, braces or quotes; give it another name");
      return;
    }
    places(consumer);
    keys.computeIfAbsent(name, unknown -> new LinkedHashSet<>());
    Source one = consumer.at("credential");
    if (!one.text().isBlank()) {
      key(name, one);
    }
    consumer.at("credentials").list().forEach(entry -> key(name, entry));
    consumer.leaveOutOthers("a consumer");
  }

  private void key(String consumer, Source entry) {
    String credential = entry.text().strip();
    boolean bearer = credential.regionMatches(true, 0, BEARER, 0, BEARER.length());
    String key = bearer ? credential.substring(BEARER.length()).strip() : credential;
    if (bearer) {
      headers.add("authorization");
    }
    if (key.isEmpty() || key.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      entry.leftOut(
          "a credential that is empty or has spaces: Tollgate takes keys, alone or behind Bearer;"
              + " give consumer "
              + consumer
              + " another");
      return;
    }
    String owner = owners.putIfAbsent(key, consumer);
    if (owner != null && !owner.equals(consumer)) {
      entry.leftOut("a credential that consumer " + owner + " has already; give this one another");
    } else if (owner == null) {
      keys.computeIfAbsent(consumer, unknown -> new LinkedHashSet<>())
          .add(secrets.write(key, entry, "KEY_" + consumer));
    }
  }

  /** Where keys are looked for; Tollgate looks for every consumer's in the same places. */
  private void places(Source config) {
    List<String> names = config.at("keys").texts();
    Source inHeader = config.at("in_header");
    Source inQuery = config.at("in_query");
    if (inHeader.flag(true)) {
      names.forEach(name -> headers.add(name.toLowerCase(Locale.ROOT)));
    }
    if (inQuery.flag(inHeader.isAbsent())) {
      parameters.addAll(names);
    }
  }

  /** Makes sure that a consumer exists; one that key-auth does not know gets a key nobody has. */
  void require(String consumer, Source from) {
    if (!keys.containsKey(consumer)) {
      keys.put(consumer, new LinkedHashSet<>());
      from.toDo(
          "no configuration of key-auth has the consumer "
              + consumer
              + "; it stands among consumers without a key that anybody has; write its keys there");
    }
  }

  boolean knows(String consumer) {
    return keys.containsKey(consumer);
  }

  /**
   * The {@code auth} of a route.
   *
   * @param allow null for every consumer
   */
  ObjectNode auth(@Nullable Collection<String> allow, Source from) {
    ObjectNode auth = NODES.objectNode();
    if (!headers.isEmpty() || !parameters.isEmpty()) {
      ArrayNode inHeader = auth.putArray("in_header");
      headers.forEach(inHeader::add);
      if (!parameters.isEmpty()) {
        ArrayNode inQuery = auth.putArray("in_query");
        parameters.forEach(inQuery::add);
      }
    }
    if (allow != null) {
      List<String> allowed = new ArrayList<>();
      for (String name : allow) {
        if (knows(name)) {
          allowed.add(name);
        } else {
          from.leftOut("allow names " + name + ", a consumer that nowhere stands with a key");
        }
      }
      if (allowed.isEmpty()) {
        keys.computeIfAbsent(NOBODY, unknown -> new LinkedHashSet<>());
        allowed.add(NOBODY);
        from.changed(
            "nobody may use the route: it allows the consumer nobody alone, who has no key that"
                + " anybody has");
      }
      ArrayNode list = auth.putArray("allow");
      allowed.forEach(list::add);
    }
    return auth;
  }

  /** The {@code consumers} of the result. */
  ArrayNode consumers() {
    ArrayNode list = NODES.arrayNode();
    keys.forEach(
        (name, own) -> {
          ObjectNode consumer = list.addObject().put("name", name);
          if (own.isEmpty()) {
            // A hash of which nobody knows the key, another one for each.
            consumer.put("key_sha256", "%064x".formatted(list.size()));
          } else {
            ArrayNode written = consumer.putArray("keys");
            own.forEach(written::add);
          }
        });
    return list;
  }
}
