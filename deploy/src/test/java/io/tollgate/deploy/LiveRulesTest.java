package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.admin.RuleEdit;
import io.tollgate.contract.config.ConfigFault;
import io.tollgate.contract.config.LimitBlock;
import io.tollgate.contract.config.LiveConfig;
import io.tollgate.contract.config.TollgateConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveRulesTest {
  private static final String FILE =
      """
      admin: { token: t }
      services:
      - { name: unused, address: "redis://127.0.0.1:6399" }
      """
          + TwoRoutes.yaml(
              "first_token: 0ms, interval: 0ms",
              "limit_by_per_consumer: '', limit_keys: [ { key: '*', token_per_hour: 5 } ]");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicReference<String> file = new AtomicReference<>(FILE);
  private final ConfigSource source =
      new ConfigSource(
          () -> ConfigFile.parse("file", file.get()), null, Map.of("SECRET", "s"), false);
  private LiveConfig live;
  private LiveRules rules;

  @BeforeEach
  void start() throws Exception {
    StartingPoint from = Starts.with(source);
    live = new LiveConfig(from.id(), from.config());
    rules =
        new LiveRules(
            source, from.tree(), live, InstantSource.fixed(Instant.EPOCH), new ReloadLog(meters));
  }

  @Test
  void a_changed_file_comes_in_force() {
    reread(FILE.replace("token_per_hour: 5", "token_per_hour: 50"));

    assertThat(capacity(live.config())).isEqualTo(50);
    assertThat(count("file", "applied")).isEqualTo(1);
  }

  @Test
  void consumers_their_keys_and_allow_lists_are_live() {
    reread(
        FILE.replace(
                "- { name: user, keys: [key-of-user] }",
                "- { name: user, keys: [another] }\n- { name: third, keys: [3] }"
                    .replace("[3]", "['3']"))
            .replace("allow: [admin, user]", "allow: [admin, user, third]"));

    assertThat(live.config().consumers()).extracting(c -> c.name()).contains("third");
    assertThat(live.config().routes().getFirst().auth().allow()).contains("third");
  }

  @Test
  void a_broken_file_changes_nothing_and_is_told_with_all_its_faults() {
    long before = live.id();

    reread(FILE.replace("token_per_hour: 5", "token_per_hour: -5") + "colour: blue\n");

    assertThat(live.id()).isEqualTo(before);
    assertThat(rules.view().refused()).extracting(ConfigFault::path).contains("colour").hasSize(2);
    assertThat(count("file", "refused")).isEqualTo(1);
  }

  @Test
  void a_half_written_file_changes_nothing() {
    long before = live.id();

    reread(FILE.substring(0, FILE.length() - 20));

    assertThat(live.id()).isEqualTo(before);
    assertThat(rules.view().refused()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "admin: { token: t } | admin: { token: other } | admin",
        "type: demo, demo | type: demo, models: [x], demo | providers",
        "models: [metered] | models: [metered, more] | routes[0].models",
        "admin: { token: t } | 'admin: { token: t }\nnode: { name: other }' | node",
        "admin: { token: t } | 'admin: { token: t }\nproxy: { max_body_bytes: 9 }' | proxy",
        "admin: { token: t } | 'admin: { token: t }\njournal: { enabled: false }' | journal",
        "admin: { token: t } | 'admin: { token: t }\nlog: { decisions: off }' | log",
        "models: [limited] | 'models: [limited]\n  headers: { x: y }' | routes[1].headers",
        "models: [limited] | 'models: [limited]\n  host: h' | routes[1].host",
        "models: [limited] | 'models: [limited]\n  on_client_disconnect: drain' | routes[1].on_client_disconnect",
        "name: limited | name: renamed | routes",
        "rule_name: shared, | rule_name: shared, redis: {service_name: unused}, | redis",
      })
  void what_needs_a_restart_refuses_the_whole_change(String old, String changed, String path) {
    long before = live.id();

    reread(FILE.replace(old, changed).replace("token_per_hour: 5", "token_per_hour: 50"));

    assertThat(live.id()).as("not half of it either").isEqualTo(before);
    assertThat(rules.view().refused())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.path()).isEqualTo(path);
              assertThat(fault.allowed()).contains("restart");
            });
  }

  @Test
  void a_file_that_is_right_again_ends_the_refusal() {
    reread("nothing: [");
    assertThat(rules.view().refused()).isNotEmpty();

    reread(FILE);

    assertThat(rules.view().refused()).isEmpty();
  }

  @Test
  void an_edit_wins_over_the_file_until_it_is_taken_back() throws Exception {
    RuleEdits edited = plan(RuleEdits.NONE, limits(70));
    rules.follow(edited);
    assertThat(capacity(live.config())).isEqualTo(70);

    reread(FILE.replace("token_per_hour: 5", "token_per_hour: 50"));
    assertThat(capacity(live.config())).isEqualTo(70);
    assertThat(rules.view().routes().get(1).limits().edited()).isTrue();

    rules.follow(plan(edited, new RuleEdit.FileLimits("limited")));
    assertThat(capacity(live.config())).isEqualTo(50);
    assertThat(rules.view().routes().get(1).limits().edited()).isFalse();
  }

  @Test
  void the_same_rules_have_the_same_fingerprint_whichever_way_they_came() throws Exception {
    rules.follow(plan(RuleEdits.NONE, limits(70)));
    long edited = live.id();
    rules.follow(new RuleEdits(9, Map.of(), null));
    assertThat(live.id()).isNotEqualTo(edited);

    rules.follow(new RuleEdits(10, Map.of("limited", blocks(70)), null));

    assertThat(live.id()).isEqualTo(edited);
  }

  @Test
  void an_edit_that_the_file_no_longer_goes_with_keeps_the_file_out() throws Exception {
    RuleEdits edited =
        plan(
            RuleEdits.NONE,
            new RuleEdit.Limits(
                "limited",
                tree(
                    """
                    [{rule_name: r, rule_items: [{limit_by_consumer: '', limit_keys: \
                    [{key: user, token_per_hour: 9}]}]}]""")));
    rules.follow(edited);

    reread(
        FILE.replace("name: user,", "name: renamed,").replace("admin, user]", "admin, renamed]"));

    assertThat(live.config().consumers()).extracting(c -> c.name()).contains("user");
    assertThat(rules.view().refused()).isNotEmpty();
  }

  @Test
  void edits_without_form_or_aim_are_told_so() throws Exception {
    assertThat(rules.plan(RuleEdits.NONE, new RuleEdit.Limits("nowhere", blocks(1))))
        .isEqualTo(new LiveRules.Plan.NoSuch("route nowhere"));
    assertThat(rules.plan(RuleEdits.NONE, new RuleEdit.NoBudget("monthly")))
        .isEqualTo(new LiveRules.Plan.NoSuch("budget monthly"));
    assertThat(faults(new RuleEdit.Budgets(tree("{}")))).isEqualTo(List.of("body"));
    assertThat(faults(new RuleEdit.Budget("a", tree("{name: b}")))).isEqualTo(List.of("body.name"));
    assertThat(faults(new RuleEdit.Limits("limited", tree("[{rule_name: r}]"))))
        .isEqualTo(List.of("routes[1].ai-token-ratelimit[0]"));
  }

  @Test
  void secrets_neither_go_into_edits_nor_come_out_of_the_rules() throws Exception {
    assertThat(
            faults(
                new RuleEdit.Limits(
                    "limited",
                    tree("[{rule_name: '${SECRET}', redis: {service_name: x, password: p}}]"))))
        .containsExactly("body[0].rule_name", "body[0].redis.password");

    reread(
        FILE.replace(
            "limit_by_per_consumer: '', limit_keys: [ { key: '*',",
            "limit_by_header: x-api-key, limit_keys: [ { key: key-of-user,"));
    JsonNode shown = rules.view().routes().get(1).limits().entries();

    assertThat(shown.toString()).doesNotContain("key-of-user").contains("sha256:");
    rules.follow(plan(RuleEdits.NONE, new RuleEdit.Limits("limited", shown)));
    assertThat(live.config().routes().get(1).limits().getFirst().items().getFirst().keys())
        .extracting(rule -> rule.patterns())
        .containsExactly(List.of("key-of-user"));
  }

  @Test
  void edits_survive_being_written_down() throws Exception {
    RuleEdits edits = new RuleEdits(3, Map.of("a", blocks(1), "b", blocks(2)), tree("[]"));

    assertThat(RuleEdits.parse(3, edits.document())).isEqualTo(edits);
    assertThat(RuleEdits.parse(0, RuleEdits.NONE.document())).isEqualTo(RuleEdits.NONE);
  }

  private void reread(String text) {
    file.set(text);
    rules.reread();
  }

  private RuleEdits plan(RuleEdits current, RuleEdit edit) {
    LiveRules.Plan plan = rules.plan(current, edit);
    assertThat(plan).isInstanceOf(LiveRules.Plan.Possible.class);
    return ((LiveRules.Plan.Possible) plan).next();
  }

  private List<String> faults(RuleEdit edit) {
    LiveRules.Plan plan = rules.plan(RuleEdits.NONE, edit);
    assertThat(plan).isInstanceOf(LiveRules.Plan.Invalid.class);
    return ((LiveRules.Plan.Invalid) plan).faults().stream().map(ConfigFault::path).toList();
  }

  private double count(String from, String result) {
    return meters
        .get("tollgate.config.reload")
        .tags("source", from, "result", result)
        .counter()
        .count();
  }

  private static RuleEdit limits(long tokens) throws Exception {
    return new RuleEdit.Limits("limited", blocks(tokens));
  }

  private static JsonNode blocks(long tokens) throws Exception {
    return tree(
        """
        [{rule_name: shared, rule_items: [{limit_by_per_consumer: '', limit_keys: \
        [{key: '*', token_per_hour: %d}]}]}]"""
            .formatted(tokens));
  }

  private static JsonNode tree(String yaml) throws Exception {
    return ConfigFile.parse("edit", yaml);
  }

  private static long capacity(TollgateConfig config) {
    LimitBlock block = config.routes().get(1).limits().getFirst();
    return block.items().getFirst().keys().getFirst().allowance().windows().getFirst().amount();
  }
}
