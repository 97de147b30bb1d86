package io.tollgate.contract.config.reader;

import io.tollgate.contract.config.FailPolicy;
import io.tollgate.contract.config.QuotaBlock;
import io.tollgate.contract.config.RouteAuth;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ai-quota} of a route. */
final class QuotaBlockReader {
  private static final List<String> METERED_PATHS =
      List.of(
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/embeddings",
          "/v1/responses",
          "/v1/messages");
  private static final Pattern PREFIX = Pattern.compile("[^\\s\\p{Cntrl}{}]{1,128}");

  /** Budgets, leases and edited rules are kept under it. */
  private static final String OF_TOLLGATE = "tollgate:";

  private static final Pattern PATH = Pattern.compile("/[^\\s?#]{1,200}");

  private final Set<String> consumers;
  private final StoreTable stores;

  QuotaBlockReader(Set<String> consumers, StoreTable stores) {
    this.consumers = consumers;
    this.stores = stores;
  }

  @Nullable QuotaBlock read(Value value, @Nullable RouteAuth auth) {
    if (value.isAbsent()) {
      return null;
    }
    try (Section quota = Section.optional(value)) {
      Value adminPath = quota.value("admin_path");
      if (auth == null) {
        quota.fault(
            "a quota on a route without auth, where nobody is known",
            "auth on the route, such as auth: { in_header: [x-api-key, authorization] }");
      }
      return new QuotaBlock(
          prefix(quota.value("redis_key_prefix")),
          admin(quota.value("admin_consumer"), auth),
          adminPath.isAbsent()
              ? "/quota"
              : adminPath.text(PATH, "a path that begins with a slash, such as /quota"),
          suffixes(quota.value("enable_path_suffixes")),
          stores.read(quota.value("redis")),
          FailPolicies.read(quota.value("fail"), FailPolicy.CLOSED));
    }
  }

  private static String prefix(Value value) {
    if (value.isAbsent()) {
      return "chat_quota:";
    }
    String prefix = value.text(PREFIX, "a text without spaces and braces");
    if (prefix.startsWith(OF_TOLLGATE)) {
      value.fault(
          Value.quote(prefix) + ", as the keys of Tollgate's own begin",
          "a text that does not begin with " + OF_TOLLGATE);
    }
    return prefix;
  }

  private String admin(Value value, @Nullable RouteAuth auth) {
    if (value.isAbsent()) {
      value.fault(
          "nothing (missing admin_consumer in config)",
          "the name of the consumer who may query and change quotas");
      return "";
    }
    String admin = Names.refer(value, "consumer", consumers);
    if (auth != null && consumers.contains(admin) && !auth.allow().contains(admin)) {
      value.fault(
          admin + ", who may not use the route", "a consumer that is in the route's auth.allow");
    }
    return admin;
  }

  private static List<String> suffixes(Value value) {
    if (value.isAbsent()) {
      return METERED_PATHS;
    }
    if (!value.node().isArray()) {
      value.fault(value.found() + " (enable_path_suffixes must be an array)", "a list of paths");
      return METERED_PATHS;
    }
    List<String> suffixes =
        value.list("a list of paths").stream()
            .map(suffix -> suffix.text(PATH, "a path that begins with a slash"))
            .distinct()
            .toList();
    if (suffixes.isEmpty()) {
      value.fault("an empty list (enable_path_suffixes must not be empty)", "at least one path");
    }
    return suffixes;
  }
}
