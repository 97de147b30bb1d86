package io.tollgate.deploy.higress;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code azureServiceUrl} says.
 *
 * @param deployment null when the URL names none
 */
record AzureAddress(String baseUrl, @Nullable String deployment, @Nullable String apiVersion) {
  private static final Pattern DEPLOYMENT = Pattern.compile("/deployments/([^/]+)");
  private static final Pattern VERSION = Pattern.compile("(?:^|&)api-version=([^&]+)");

  /** Null when it is no URL. */
  static @Nullable AzureAddress of(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getScheme() == null || uri.getHost() == null) {
        return null;
      }
      Matcher deployment = DEPLOYMENT.matcher(uri.getPath());
      Matcher version = VERSION.matcher(uri.getQuery() == null ? "" : uri.getQuery());
      return new AzureAddress(
          uri.getScheme() + "://" + uri.getAuthority(),
          deployment.find() ? deployment.group(1) : null,
          version.find() ? version.group(1) : null);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
