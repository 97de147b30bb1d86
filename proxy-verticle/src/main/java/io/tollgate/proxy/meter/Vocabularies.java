package io.tollgate.proxy.meter;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;

/**
 * The vocabularies of OpenAI's models, one copy for the whole process. Each is loaded when it is
 * first wanted, which takes up to a third of a second and some 30 MB: not on an event loop.
 */
public final class Vocabularies {
  private static final EncodingRegistry ENCODINGS = Encodings.newLazyEncodingRegistry();

  private Vocabularies() {}

  /** The vocabulary that this model is known to use, or else that of OpenAI's newest models. */
  public static Encoding ofModel(String model) {
    return of(ModelFamily.of(model).vocabulary());
  }

  /** The vocabulary of OpenAI's newest models, which has the most languages in it. */
  public static Encoding newest() {
    return of(EncodingType.O200K_BASE);
  }

  static Encoding of(EncodingType type) {
    return ENCODINGS.getEncoding(type);
  }
}
