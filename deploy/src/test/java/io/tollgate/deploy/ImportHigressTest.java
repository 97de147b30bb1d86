package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tollgate.contract.config.reader.ConfigResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** {@code import higress}: whole examples, each a folder of input, result and notes. */
class ImportHigressTest {
  private static final Path EXAMPLES = Path.of("src/test/resources/io/tollgate/deploy/higress");
  private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{([A-Z0-9_]+)}");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  static Stream<String> examples() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      return folders.map(path -> path.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_becomes_the_configuration_and_the_notes_beside_it(String name) throws Exception {
    Path example = EXAMPLES.resolve(name);

    assertThat(run("import", "higress", example.resolve("input.yaml").toString())).isZero();

    assertThat(out).hasToString(Files.readString(example.resolve("result.yaml")));
    assertThat(notes(example)).isEqualTo(Files.readString(example.resolve("notes.txt")));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void what_is_imported_is_valid_once_its_variables_are_set(String name) throws Exception {
    assertThat(Configuration.read(tree(EXAMPLES.resolve(name), "keep"), environment(), false))
        .isInstanceOf(ConfigResult.Valid.class);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void with_secrets_from_the_environment_none_is_in_the_result(String name) throws Exception {
    Path example = EXAMPLES.resolve(name);
    JsonNode tree = tree(example, "env");

    assertThat(Configuration.read(tree, environment(), false))
        .isInstanceOf(ConfigResult.Valid.class);
    for (String secret :
        List.of("web-key", "batch-key", "hidden", "token-1", "ann-key", "abc", "deepseek-token")) {
      assertThat(out + err.toString()).as(secret).doesNotContain(secret);
    }
    VARIABLE
        .matcher(out.toString())
        .results()
        .forEach(found -> assertThat(err.toString()).contains("to set: " + found.group(1) + ": "));
  }

  @Test
  void given_addresses_stand_in_the_place_of_placeholders() throws Exception {
    String input = EXAMPLES.resolve("walkthrough/input.yaml").toString();

    assertThat(
            run(
                "import",
                "higress",
                input,
                "--first-match",
                "--service",
                "local-redis.static=redis://10.0.0.9:6379"))
        .isZero();

    assertThat(out.toString()).contains("redis://10.0.0.9:6379", "match: first");
    assertThat(err.toString()).doesNotContain("to do", "first-match");
  }

  @Test
  void a_file_that_is_there_is_kept_unless_force_is_given() throws Exception {
    Path output = Files.writeString(folder.resolve("tollgate.yaml"), "mine");
    String input = EXAMPLES.resolve("walkthrough/input.yaml").toString();

    assertThat(run("import", "higress", input, "--output", output.toString())).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "tollgate: "
                + output
                + " is there already; --force writes over it"
                + System.lineSeparator());
    assertThat(output).hasContent("mine");

    assertThat(run("import", "higress", input, "--output", output.toString(), "--force")).isZero();
    assertThat(output).hasSameTextualContentAs(EXAMPLES.resolve("walkthrough/result.yaml"));
  }

  @Test
  void broken_yaml_is_told_with_file_and_line() throws Exception {
    Path input = Files.writeString(folder.resolve("broken.yaml"), "a: 1\n---\nb: [1\n");

    assertThat(run("import", "higress", input.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith("tollgate: " + input + ", line ");
    assertThat(out).hasToString("");
  }

  @Test
  void files_that_do_not_exist_or_hold_something_else_are_told() throws Exception {
    assertThat(run("import", "higress", folder.resolve("gone.yaml").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("gone.yaml: no such file");

    Path text = Files.writeString(folder.resolve("other.yaml"), "some: text\n");
    run("import", "higress", text.toString());
    assertThat(err.toString())
        .contains(
            "not carried over: " + text + ": neither a WasmPlugin, an Ingress or an AI route");
  }

  @Test
  void what_would_not_be_valid_is_told_and_ends_with_1() throws Exception {
    Path input =
        Files.writeString(
            folder.resolve("bad.yaml"),
            "rule_name: r\nglobal_threshold: { token_per_day: -1 }\nredis: { service_name: r }\n");

    assertThat(run("import", "higress", input.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("fault of the result: routes[0].ai-token-ratelimit.global_threshold");
  }

  @Test
  void import_without_a_source_is_bad_usage() {
    assertThat(run("import")).isEqualTo(2);
    assertThat(err.toString()).startsWith("tollgate: import needs to know from what: higress");
  }

  private String notes(Path example) {
    return err.toString().replace(example.resolve("input.yaml").toString(), "input.yaml");
  }

  private JsonNode tree(Path example, String secrets) throws Exception {
    run("import", "higress", "--secrets", secrets, example.resolve("input.yaml").toString());
    return ConfigFile.parse("result", out.toString());
  }

  /** A value for each variable that the result refers to. */
  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    VARIABLE
        .matcher(out.toString())
        .results()
        .forEach(found -> environment.put(found.group(1), "value-" + found.group(1)));
    return environment;
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(new ArrayList<>(List.of(arguments)).toArray(String[]::new));
  }
}
