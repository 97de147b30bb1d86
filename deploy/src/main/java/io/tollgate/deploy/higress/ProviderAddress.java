package io.tollgate.deploy.higress;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which address of Tollgate's a provider's settings mean. */
final class ProviderAddress {
  /** Types that Tollgate knows by itself, with the path below their domain. */
  private static final Map<String, String> OWN =
      Map.of(
          "openai", "/v1",
          "qwen", "/compatible-mode/v1",
          "deepseek", "/v1",
          "doubao", "/api/v3",
          "azure", "");

  /** Vendors that speak OpenAI's protocol at an address of their own. */
  private static final Map<String, String> COMPATIBLE = new LinkedHashMap<>();

  static {
    COMPATIBLE.put("moonshot", "https://api.moonshot.cn/v1");
    COMPATIBLE.put("groq", "https://api.groq.com/openai/v1");
    COMPATIBLE.put("grok", "https://api.x.ai/v1");
    COMPATIBLE.put("yi", "https://api.lingyiwanwu.com/v1");
    COMPATIBLE.put("baichuan", "https://api.baichuan-ai.com/v1");
    COMPATIBLE.put("zhipuai", "https://open.bigmodel.cn/api/paas/v4");
    COMPATIBLE.put("stepfun", "https://api.stepfun.com/v1");
    COMPATIBLE.put("mistral", "https://api.mistral.ai/v1");
    COMPATIBLE.put("together-ai", "https://api.together.xyz/v1");
    COMPATIBLE.put("openrouter", "https://openrouter.ai/api/v1");
    COMPATIBLE.put("fireworks", "https://api.fireworks.ai/inference/v1");
  }

  /** What a custom URL may end with when it is the whole address of one operation. */
  private static final List<String> OPERATIONS =
      List.of("/chat/completions", "/completions", "/embeddings", "/responses", "/models");

  private static final String OLLAMA_PORT = "11434";

  private ProviderAddress() {}

  /** Whether Tollgate has the type itself. */
  static boolean isOwn(String type) {
    return OWN.containsKey(type);
  }

  /** The address that was set, or that a compatible vendor has; null when there is none. */
  static @Nullable String of(String type, Source provider) {
    for (String key : List.of("openaiCustomUrl", "qwenCustomUrl", "vllmCustomUrl")) {
      Source url = provider.at(key);
      if (!url.text().isBlank()) {
        url.changed(
            "Higress connected to the service behind the route and took from this only"
                + " host and path; Tollgate connects to it; see that it can be reached");
        return base(url.text());
      }
    }
    String vllm = provider.at("vllmServerHost").text();
    if (!vllm.isBlank()) {
      return base(vllm);
    }
    Source port = provider.at("ollamaServerPort");
    String ollama = provider.at("ollamaServerHost").text();
    if (!ollama.isBlank()) {
      return base(ollama + ":" + (port.isAbsent() ? OLLAMA_PORT : port.text()));
    }
    String generic = provider.at("genericHost").text();
    if (!generic.isBlank()) {
      return base(generic);
    }
    String domain = domain(provider);
    String path = provider.at("providerBasePath").text();
    String standard = COMPATIBLE.get(type);
    if (domain.isBlank()) {
      return path.isBlank() || standard == null
          ? standard
          : "https://" + URI.create(standard).getHost() + path;
    }
    String below =
        path.isBlank()
            ? OWN.getOrDefault(type, standard == null ? "/v1" : URI.create(standard).getPath())
            : path;
    return "https://" + domain + below;
  }

  static boolean isTakenFromVendor(String type) {
    return COMPATIBLE.containsKey(type);
  }

  private static String domain(Source provider) {
    for (String key : List.of("providerDomain", "qwenDomain", "doubaoDomain", "zhipuDomain")) {
      String domain = provider.at(key).text();
      if (!domain.isBlank()) {
        return domain;
      }
    }
    return "";
  }

  /** A URL without the operation at its end; without a path it gets the usual one. */
  private static String base(String url) {
    String whole = url.contains("://") ? url : "http://" + url;
    String bare = whole.replaceFirst("[?#].*", "").replaceFirst("/+$", "");
    for (String operation : OPERATIONS) {
      if (bare.endsWith(operation)) {
        return bare.substring(0, bare.length() - operation.length());
      }
    }
    return bare.indexOf('/', bare.indexOf("://") + 3) < 0 ? bare + "/v1" : bare;
  }
}
