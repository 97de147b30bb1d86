package io.tollgate.proxy.meter;

/** What kind of work a request gives to the provider, as far as its cost goes. */
public enum Workload {
  /** Tokens in and tokens out: chat, completions, responses, messages. */
  GENERATION,
  /** Tokens in only. */
  EMBEDDING,
  /** Anything else: it costs what the provider reports. */
  OTHER;

  /**
   * @param path of the request, without its query
   */
  public static Workload ofPath(String path) {
    if (path.endsWith("/completions")
        || path.endsWith("/responses")
        || path.endsWith("/messages")) {
      return GENERATION;
    }
    return path.endsWith("/embeddings") ? EMBEDDING : OTHER;
  }
}
