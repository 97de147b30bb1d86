package io.tollgate.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tollgate.contract.config.TollgateConfig;
import io.tollgate.contract.config.reader.ConfigResult;
import io.tollgate.contract.explain.ExplainRequest;
import io.tollgate.contract.explain.ExplainRequestReader;
import io.tollgate.contract.explain.Explanation;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what would become of a request, and takes nothing. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Says what would become of a request: its route, who calls, which rules apply and which do",
      "not, what each has left. Takes nothing.",
      "Exits with 0 when the request would pass, with 3 when it would be refused."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int REFUSED = 3;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--request",
      required = true,
      paramLabel = "FILE",
      description = {
        "The request: as it goes over the wire (POST /v1/chat/completions, headers, an empty line,",
        "the body), or YAML or JSON with path, method, headers, body, remote_address, consumer."
      })
  private Path request = Path.of("");

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      description = "Who is taken to call, in place of a key in the request.")
  private @Nullable String consumer;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Override
  public Integer call() throws StartFault, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    return switch (options.source().read()) {
      case ConfigResult.Invalid invalid -> {
        invalid.faults().forEach(spec.commandLine().getErr()::println);
        yield 1;
      }
      case ConfigResult.Valid valid -> {
        Explanation explanation = explain(valid.config());
        out.print(json ? asJson(explanation) : ExplanationText.of(explanation));
        out.flush();
        yield explanation.result().passes() ? 0 : REFUSED;
      }
    };
  }

  private Explanation explain(TollgateConfig config) throws StartFault, InterruptedException {
    ExplainRequest asked = read();
    ExplainRequest whole =
        consumer == null
            ? asked
            : new ExplainRequest(
                asked.method(),
                asked.path(),
                asked.headers(),
                asked.body(),
                asked.remoteAddress(),
                consumer);
    try (LocalExplainer explainer = LocalExplainer.open(config)) {
      return explainer.explain(whole);
    }
  }

  private ExplainRequest read() throws StartFault {
    String text = ConfigFile.text(request);
    Optional<ExplainRequest> http = HttpText.read(request.toString(), text);
    if (http.isPresent()) {
      return http.get();
    }
    return switch (ExplainRequestReader.read(ConfigFile.parse(request.toString(), text))) {
      case ExplainRequestReader.Read read -> read.request();
      case ExplainRequestReader.Faulty faulty ->
          throw new StartFault(
              "%s: %s: found %s; allowed: %s"
                  .formatted(request, faulty.field(), faulty.found(), faulty.allowed()));
    };
  }

  private static String asJson(Explanation explanation) {
    try {
      return JSON.writeValueAsString(explanation) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
