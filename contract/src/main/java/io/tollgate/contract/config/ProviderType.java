package io.tollgate.contract.config;

import java.util.Locale;

/** A kind of provider, by the name that configurations use. */
public enum ProviderType {
  OPENAI,
  QWEN,
  DEEPSEEK,
  DOUBAO,
  AZURE,
  DEMO;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
