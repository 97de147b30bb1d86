package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverridesTest {
  private static final String YAML =
      "proxy: { http: { port: 8080 } }\nroutes: [ { name: first }, { name: second } ]\nempty:\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "proxy.http.port=9080 | /proxy/http/port | 9080",
        "routes.1.name=third | /routes/1/name | \"third\"",
        "routes[1].name=third | /routes/1/name | \"third\"",
        "routes[2].name=third | /routes/2/name | \"third\"",
        "routes.0=[1, {a: b}] | /routes/0/1/a | \"b\"",
        "admin.token='12345' | /admin/token | \"12345\"",
        "admin.token=a=b | /admin/token | \"a=b\"",
        "node.data_dir= | /node/data_dir | \"\"",
        "empty.key=true | /empty/key | true",
        "log.decisions=off | /log/decisions | \"off\""
      })
  void a_value_takes_the_place_of_what_was_there(String setting, String pointer, String value)
      throws StartFault {
    JsonNode tree = Overrides.set(ConfigFile.parse("test", YAML), setting);

    assertThat(tree.at(pointer)).hasToString(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "proxy.http.port | --set proxy.http.port: found no key=value",
        "=1 | --set =1: found no key=value",
        "a..b=1 | --set a..b: found no dotted key such as routes.0.name",
        "routes[x]=1 | --set routes[x]: found no dotted key such as routes.0.name",
        "routes.7.name=x | --set routes.7.name: found 7; allowed: 0 to 2 in this list",
        "routes.first.name=x | --set routes.first.name: found first; allowed: 0 to 2 in this list",
        "proxy.http.port.x=1 | --set proxy.http.port.x: found a plain value above x, which has no"
            + " keys",
        "a=[1 | --set a, line 1, column 3: while parsing a flow sequence"
      })
  void what_has_no_place_is_refused(String setting, String message) {
    assertThatThrownBy(() -> Overrides.set(ConfigFile.parse("test", YAML), setting))
        .isInstanceOf(StartFault.class)
        .hasMessage(message);
  }

  @Test
  void an_empty_file_can_be_filled() throws StartFault {
    JsonNode tree = Overrides.set(ConfigFile.parse("test", ""), "node.name=x");

    assertThat(tree).hasToString("{\"node\":{\"name\":\"x\"}}");
  }
}
