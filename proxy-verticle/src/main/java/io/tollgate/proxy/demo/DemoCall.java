package io.tollgate.proxy.demo;

import java.util.List;

/** A request that can be answered. */
sealed interface DemoCall extends DemoReading {
  String model();

  /** What to count the prompt's tokens from. */
  Prompt prompt();

  /**
   * The input of a request.
   *
   * @param texts each counted by itself
   * @param fixedTokens framing of messages, and tokens that were given as numbers
   */
  record Prompt(List<String> texts, int fixedTokens) {
    public Prompt {
      texts = List.copyOf(texts);
    }

    int characters() {
      int sum = 0;
      for (String text : texts) {
        sum += text.length();
      }
      return sum;
    }
  }

  /**
   * Asks for text.
   *
   * @param question what the answer speaks about and whose language it takes
   * @param includeUsage whether a stream reports what it has used
   * @param maxTokens {@link Integer#MAX_VALUE} when there is no cap
   * @param stops where to end the answer, without the stop itself
   */
  record Generation(
      Protocol protocol,
      String model,
      Prompt prompt,
      String question,
      boolean stream,
      boolean includeUsage,
      int maxTokens,
      List<String> stops)
      implements DemoCall {
    public Generation {
      stops = List.copyOf(stops);
    }
  }

  /**
   * Asks for vectors.
   *
   * @param inputs what to embed; of token ids, their decimal form
   * @param base64 whether vectors are wanted as little-endian floats in Base64
   */
  record Embedding(String model, Prompt prompt, List<String> inputs, int dimensions, boolean base64)
      implements DemoCall {
    public Embedding {
      inputs = List.copyOf(inputs);
    }
  }
}
