package io.tollgate.deploy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the module map of ARCHITECTURE.md. */
class ArchitectureTest {
  private static final List<String> SERVICES =
      List.of("auth", "limiter", "quota", "proxy", "admin");
  private static final Set<String> MODULES =
      Set.of("contract", "store", "auth", "limiter", "quota", "proxy", "admin", "deploy");

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tollgate");
  }

  @Test
  void every_module_was_read() {
    assertThat(MODULES)
        .allSatisfy(
            module -> assertThat(all.that(resideInAPackage(in(module)))).as(module).isNotEmpty());
  }

  @Test
  void the_contract_rests_on_plain_libraries_only() {
    classes()
        .that()
        .resideInAPackage(in("contract"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "io.tollgate.contract..",
            "io.vertx.core..",
            "com.fasterxml.jackson..",
            "org.jspecify..",
            "org.slf4j..",
            "io.micrometer.core..")
        .check(all);
  }

  @Test
  void the_store_knows_the_contract_and_no_service() {
    noClasses()
        .that()
        .resideInAPackage(in("store"))
        .should()
        .dependOnClassesThat(tollgateOutside("contract", "store"))
        .check(all);
  }

  @Test
  void services_meet_on_the_bus_alone() {
    for (String service : SERVICES) {
      noClasses()
          .that()
          .resideInAPackage(in(service))
          .should()
          .dependOnClassesThat(tollgateOutside("contract", "store", service))
          .check(all);
    }
  }

  @Test
  void only_the_bus_package_touches_the_event_bus() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.tollgate.contract.bus..", in("deploy"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx.core.eventbus..")
        .check(all);
  }

  @Test
  void only_the_store_opens_connections_to_redis() {
    noClasses()
        .that()
        .resideOutsideOfPackage(in("store"))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Redis.class, RedisConnection.class)
        .check(all);
  }

  @Test
  void no_json_tree_of_vertx_crosses_a_module_boundary() {
    noClasses()
        .that()
        .resideInAnyPackage(in("contract"), in("store"))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(JsonObject.class)
        .check(all);
  }

  @Test
  void the_inside_of_vertx_is_left_alone() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.vertx..impl..", "io.vertx..internal..")
                .as("live in Vert.x's own packages"))
        .check(all);
  }

  @Test
  void packages_do_not_go_round_in_circles() {
    slices().matching("io.tollgate.contract.(*)..").should().beFreeOfCycles().check(all);
    slices().matching("io.tollgate.proxy.(*)..").should().beFreeOfCycles().check(all);
    slices().matching("io.tollgate.(*)..").should().beFreeOfCycles().check(all);
  }

  @Test
  void names_say_what_a_class_is() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Constants")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .check(all);
  }

  @Test
  void services_never_block_a_thread() {
    noClasses()
        .that()
        .resideInAnyPackage(SERVICES.stream().map(ArchitectureTest::in).toArray(String[]::new))
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Future.class, "await")
        .orShould()
        .callMethod(CompletableFuture.class, "get")
        .orShould()
        .callMethod(CompletableFuture.class, "join")
        .check(all);
  }

  @Test
  void every_package_is_null_marked() {
    Set<String> marked =
        all.stream()
            .filter(type -> type.getSimpleName().equals("package-info"))
            .filter(type -> type.isAnnotatedWith(NullMarked.class))
            .map(JavaClass::getPackageName)
            .collect(java.util.stream.Collectors.toSet());

    assertThat(all.stream().map(JavaClass::getPackageName).distinct())
        .allSatisfy(name -> assertThat(marked).contains(name));
  }

  private static DescribedPredicate<JavaClass> tollgateOutside(String... allowed) {
    String[] packages =
        java.util.Arrays.stream(allowed).map(ArchitectureTest::in).toArray(String[]::new);
    return resideInAPackage("io.tollgate..")
        .and(DescribedPredicate.not(resideInAnyPackage(packages)))
        .as("belong to Tollgate outside %s", String.join(", ", allowed));
  }

  private static String in(String module) {
    return "io.tollgate." + module + "..";
  }
}
