package io.tollgate.limiter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.config.LimitItem;
import io.tollgate.contract.config.LimitItem.LimitKeyRule;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a value has to look like for a rule to apply. Compiled once for a configuration. */
sealed interface ValuePattern {
  String REGEXP = "regexp:";
  String BEARER = "Bearer ";

  boolean matches(FactValue value);

  /** Whether it says nothing about the value, so that there need not be one. */
  default boolean isForAll() {
    return false;
  }

  /**
   * One pattern for each value that the item goes by.
   *
   * @throws IllegalArgumentException when one is not of the form that the item's type allows; the
   *     message says why
   */
  static List<ValuePattern> compile(LimitItem item, LimitKeyRule key, KnownKeys keys) {
    if (item.type() != LimitType.LIMIT_BY) {
      return List.of(compile(item.type(), key.patterns().getFirst(), keys));
    }
    String[] dimensions = item.keyName().split(",");
    if (dimensions.length != key.patterns().size()) {
      throw new IllegalArgumentException(
          key.patterns().size() + " patterns for limit_by: " + item.keyName());
    }
    List<ValuePattern> patterns = new ArrayList<>();
    for (int i = 0; i < dimensions.length; i++) {
      patterns.add(ofDimension(dimensions[i], key.patterns().get(i), keys));
    }
    return List.copyOf(patterns);
  }

  private static ValuePattern compile(LimitType type, String text, KnownKeys keys) {
    if (type == LimitType.LIMIT_BY_PER_IP) {
      return new Within(CidrBlock.parse(text));
    }
    if (!type.isPerValue()) {
      return Literal.of(text);
    }
    if (text.equals("*")) {
      return new Any();
    }
    if (!text.startsWith(REGEXP)) {
      throw new IllegalArgumentException("'" + text + "' is neither * nor regexp:<expression>");
    }
    return Search.of(text, keys);
  }

  private static ValuePattern ofDimension(String dimension, String text, KnownKeys keys) {
    if (text.equals("*")) {
      return new Any();
    }
    if (dimension.equals("ip")) {
      return new Within(CidrBlock.parse(text));
    }
    if (text.startsWith(REGEXP)) {
      return Search.of(text, keys);
    }
    return text.endsWith("*")
        ? new Prefix(text.substring(0, text.length() - 1), keys)
        : Literal.of(text);
  }

  /** Every value. */
  record Any() implements ValuePattern {
    @Override
    public boolean isForAll() {
      return true;
    }

    @Override
    public boolean matches(FactValue value) {
      return true;
    }
  }

  /** One value, letter by letter. */
  record Literal(String text, Set<String> hashes) implements ValuePattern {
    static Literal of(String text) {
      // Of an authorization header it is the key alone that is hashed.
      return text.startsWith(BEARER)
          ? new Literal(
              text, Set.of(KeyHash.of(text), KeyHash.of(text.substring(BEARER.length()).strip())))
          : new Literal(text, Set.of(KeyHash.of(text)));
    }

    @Override
    public boolean matches(FactValue value) {
      return value.hashed() ? hashes.contains(value.text()) : text.equals(value.text());
    }

    @Override
    public String toString() {
      return "Literal";
    }
  }

  /**
   * Every value in which the expression is found. Where only a key's hash is known, that is what is
   * searched.
   */
  record Search(Pattern expression, KnownKeys keys) implements ValuePattern {
    static Search of(String text, KnownKeys keys) {
      try {
        return new Search(Pattern.compile(text.substring(REGEXP.length())), keys);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "'" + text + "' is no RE2 expression: " + e.getMessage());
      }
    }

    @Override
    public boolean matches(FactValue value) {
      return expression.matcher(keys.textOf(value)).find();
    }
  }

  /** Every value that begins so. */
  record Prefix(String text, KnownKeys keys) implements ValuePattern {
    @Override
    public boolean matches(FactValue value) {
      return keys.textOf(value).startsWith(text);
    }
  }

  /** Every address of a block. */
  record Within(CidrBlock block) implements ValuePattern {
    @Override
    public boolean isForAll() {
      return block.prefixLength() == 0;
    }

    @Override
    public boolean matches(FactValue value) {
      return IpAddress.parse(value.text()).filter(block::contains).isPresent();
    }
  }
}
