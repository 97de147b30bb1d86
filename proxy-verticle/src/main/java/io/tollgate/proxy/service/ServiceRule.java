package io.tollgate.proxy.service;

import com.google.re2j.Pattern;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.KeyTemplate;
import io.tollgate.contract.config.KeyTemplate.Part;
import io.tollgate.contract.config.LimitServiceConfig;
import io.tollgate.contract.config.LimitServiceConfig.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A route's {@code llm-token-ratelimit} block, compiled. Immutable.
 *
 * @param config the block as it was read
 * @param conditions one for each of its matches, in the same order
 */
public record ServiceRule(LimitServiceConfig config, List<Predicate<CallView>> conditions) {
  /** The name under which refusals, metrics and logs know such a block. */
  public static final String NAME = "llm-token-ratelimit";

  private static final String HEADER = "header:";

  /** A longer key would make the question longer than services take. */
  private static final int LONGEST_KEY = 512;

  public ServiceRule {
    conditions = List.copyOf(conditions);
  }

  /**
   * @throws com.google.re2j.PatternSyntaxException when a condition is no RE2 expression
   */
  public static ServiceRule of(LimitServiceConfig config) {
    return new ServiceRule(config, config.matches().stream().map(ServiceRule::condition).toList());
  }

  /** The keys to ask about; none when the request is none of the service's business. */
  public List<String> keysOf(CallView call) {
    if (!conditions.stream().allMatch(condition -> condition.test(call))) {
      return List.of();
    }
    return config.keys().stream()
        .map(template -> key(template, call))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** Null when a part of it is missing. */
  static @Nullable String key(KeyTemplate template, CallView call) {
    List<String> texts = new ArrayList<>(template.parts().size());
    for (Part part : template.parts()) {
      String text =
          switch (part) {
            case Part.Text fixed -> fixed.text();
            case Part.Fact fact -> call.of(fact);
          };
      if (text == null) {
        return null;
      }
      texts.add(text);
    }
    String key = String.join("", texts);
    return key.length() > LONGEST_KEY ? "sha256:" + KeyHash.of(key) : key;
  }

  private static Predicate<CallView> condition(Match match) {
    Predicate<String> value = comparison(match);
    return call -> {
      String found = subject(match.of(), call);
      return found != null && value.test(found);
    };
  }

  private static @Nullable String subject(String of, CallView call) {
    return switch (of) {
      case "host" -> call.host();
      case "path" -> call.path();
      default -> call.headers().get(of.substring(HEADER.length()));
    };
  }

  private static Predicate<String> comparison(Match match) {
    return switch (match.kind()) {
      case EXACT -> match.value()::equals;
      case PREFIX -> text -> text.startsWith(match.value());
      case REGEX -> {
        Pattern pattern = Pattern.compile(match.value());
        yield text -> pattern.matcher(text).find();
      }
    };
  }
}
