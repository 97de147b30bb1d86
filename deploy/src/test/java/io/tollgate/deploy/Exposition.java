package io.tollgate.deploy;

import io.tollgate.deploy.PromQuery.Selector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a node answers on {@code /metrics}, with the labels that Prometheus adds. */
final class Exposition {
  private static final Pattern SAMPLE =
      Pattern.compile("([A-Za-z_:][\\w:]*)(?:\\{(.*)})? +[^ ]+(?: +\\d+)?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");
  private static final Map<String, String> ADDED =
      Map.of("job", "tollgate", "instance", "127.0.0.1:8001");

  private record Sample(String metric, Map<String, String> labels) {
    boolean isSelectedBy(Selector selector) {
      return metric.equals(selector.metric())
          && selector.matchers().stream()
              .allMatch(
                  matcher ->
                      labels.containsKey(matcher.label())
                          && matcher.accepts(labels.get(matcher.label())));
    }
  }

  private final List<Sample> samples;

  Exposition(String text) {
    samples =
        Stream.concat(
                Stream.of(new Sample("up", ADDED)),
                text.lines().filter(line -> !line.startsWith("#")).map(Exposition::sample))
            .toList();
  }

  /** Whether there is a series for the selector that has all these labels too. */
  boolean has(Selector selector, Set<String> labels) {
    return samples.stream()
        .anyMatch(
            sample ->
                sample.isSelectedBy(selector) && sample.labels().keySet().containsAll(labels));
  }

  private static Sample sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      throw new IllegalArgumentException("not a sample: " + line);
    }
    Map<String, String> labels = new LinkedHashMap<>(ADDED);
    if (sample.group(2) != null) {
      LABEL
          .matcher(sample.group(2))
          .results()
          .forEach(label -> labels.put(label.group(1), label.group(2)));
    }
    return new Sample(sample.group(1), labels);
  }
}
