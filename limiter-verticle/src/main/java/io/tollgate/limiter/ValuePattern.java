package io.tollgate.limiter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.hold.FactValue;
import io.tollgate.contract.hold.LimitType;
import java.util.Set;

/** What a value has to look like for a rule to apply. Compiled once for a configuration. */
sealed interface ValuePattern {
  String REGEXP = "regexp:";
  String BEARER = "Bearer ";

  boolean matches(FactValue value);

  /**
   * @param text as the type allows: an address or block, {@code *} or {@code regexp:<RE2>}, or a
   *     literal
   * @throws IllegalArgumentException when it is not of that form; the message says why
   */
  static ValuePattern compile(LimitType type, String text, KnownKeys keys) {
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
    try {
      return new Search(Pattern.compile(text.substring(REGEXP.length())), keys);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is no RE2 expression: " + e.getMessage());
    }
  }

  /** Every value. */
  record Any() implements ValuePattern {
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
    @Override
    public boolean matches(FactValue value) {
      return expression.matcher(keys.textOf(value)).find();
    }
  }

  /** Every address of a block. */
  record Within(CidrBlock block) implements ValuePattern {
    @Override
    public boolean matches(FactValue value) {
      return IpAddress.parse(value.text()).filter(block::contains).isPresent();
    }
  }
}
