package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  private static final String DEMO = "config/demo.yaml";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void check_says_in_one_line_that_a_file_is_valid() {
    assertThat(run("check", "--config", DEMO)).isZero();
    assertThat(out)
        .hasToString(
            DEMO + ": valid; 2 routes, 1 provider, 3 consumers, store embedded" + newLine());
    assertThat(err).hasToString("");
  }

  @Test
  void check_prints_one_line_for_each_fault() {
    assertThat(
            run("check", "--config", DEMO, "--set", "proxy.http.port=x", "--set", "routes.0.nam=x"))
        .isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "proxy.http.port: found \"x\"; allowed: a whole number from 0 to 65535, without quotes",
            "routes[0].nam: found an unknown key; allowed: name, path_prefix, host, headers,"
                + " models, auth, upstreams, fallback, on_client_disconnect, disconnect_drain, ai-quota,"
                + " ai-token-ratelimit, llm-token-ratelimit (did you mean name?)");
  }

  @Test
  void check_says_what_a_cluster_needs() {
    assertThat(run("check", "--config", DEMO, "--cluster")).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(
            "cluster: found nothing, but --cluster was given; allowed: a section with members and"
                + " port",
            "store.redis: found embedded, but --cluster was given; allowed: redis://… or"
                + " rediss://…: the nodes of a cluster count in one Redis that they share");
  }

  @Test
  void a_warning_is_printed_and_the_file_still_valid() throws IOException {
    String file = write(Files.readString(Path.of(DEMO)).replace(", token: demo-token", ""));

    assertThat(run("check", "--config", file)).isZero();
    assertThat(out.toString().lines())
        .first()
        .isEqualTo(
            "warning: admin: there is no token, so that the REST API lets nobody in; set"
                + " admin.token");
  }

  @Test
  void a_file_that_is_not_there_is_one_line() {
    assertThat(run("check", "--config", "nowhere.yaml")).isEqualTo(1);
    assertThat(err).hasToString("tollgate: nowhere.yaml: no such file" + newLine());
  }

  @Test
  void a_folder_is_no_file() {
    assertThat(run("run", "--config", folder.toString())).isEqualTo(1);
    assertThat(err).hasToString("tollgate: " + folder + ": is a directory" + newLine());
  }

  @Test
  void bad_yaml_is_told_with_its_place() throws IOException {
    String file = write("node:\n  name: [a\n");

    assertThat(run("check", "--config", file)).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("tollgate: " + file + ", line 2, column 11: ");
  }

  @Test
  void a_key_that_stands_twice_is_told_with_its_place() throws IOException {
    String file = write("node: { name: a }\nproxy: {}\nnode: { name: b }\n");

    assertThat(run("check", "--config", file)).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "tollgate: " + file + ", line 3, column 5: Duplicate field 'node'" + newLine());
  }

  @Test
  void an_alias_is_refused_and_not_taken_for_its_name() throws IOException {
    String file = write("a: &x 1\nb: *x\n");

    assertThat(run("check", "--config", file)).isEqualTo(1);
    assertThat(err.toString()).contains("line 2, column 4: an alias (*name); write the value out");
  }

  @Test
  void a_second_document_is_refused() throws IOException {
    String file = write("a: 1\n---\nb: 2\n");

    assertThat(run("check", "--config", file)).isEqualTo(1);
    assertThat(err.toString()).contains("a second document; one is allowed");
  }

  @Test
  void what_is_not_utf_8_is_refused() throws IOException {
    Path file = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});

    assertThat(run("check", "--config", file.toString())).isEqualTo(1);
    assertThat(err).hasToString("tollgate: " + file + ": is not UTF-8 text" + newLine());
  }

  @Test
  void an_unknown_role_is_bad_usage() {
    assertThat(run("run", "--config", DEMO, "--roles", "auth,ploxy")).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "tollgate: Invalid value for option '--roles' (ROLE): found 'ploxy'; allowed: auth,"
                + " limiter, quota, proxy, admin, separated by commas",
            "Try: tollgate --help");
  }

  @Test
  void a_node_by_itself_does_all_that_a_request_needs() {
    assertThat(run("run", "--config", DEMO, "--roles", "auth,proxy")).isEqualTo(1);
    assertThat(err)
        .hasToString(
            "tollgate: --roles leaves out limiter, quota, and without --cluster no other node does"
                + " that; add it, or --cluster"
                + newLine());
  }

  @Test
  void an_unknown_command_is_bad_usage() {
    assertThat(run("walk")).isEqualTo(2);
    assertThat(err.toString()).startsWith("tollgate: Unmatched argument at index 0: 'walk'");
  }

  @Test
  void help_names_the_commands_and_version_the_version() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("run ", "check ");
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).containsPattern("Tollgate \\d+\\.\\d+\\.\\d+");
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("test.yaml"), yaml).toString();
  }

  private static String newLine() {
    return System.lineSeparator();
  }
}
