package io.tollgate.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tollgate.contract.auth.AuthBus;
import io.tollgate.contract.auth.AuthRequest;
import io.tollgate.contract.auth.AuthService;
import io.tollgate.contract.auth.KeyHash;
import io.tollgate.contract.auth.Verdict;
import io.tollgate.contract.bus.BusClient;
import io.tollgate.contract.bus.BusFault;
import io.tollgate.contract.bus.Directory;
import io.tollgate.contract.wire.Wire;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuthVerticleTest {
  private static final AuthRequest QUESTION =
      new AuthRequest("chat", 0, List.of(KeyHash.of("ann-1")));

  private final Vertx vertx = Vertx.vertx();
  private final Directory directory = new Directory("node", InstantSource.system());
  private final AuthService client =
      AuthBus.client(new BusClient(vertx.eventBus(), directory, new SimpleMeterRegistry()));
  private String deployment;

  @BeforeEach
  void deploy() throws Exception {
    Wire.register(vertx);
    KeyAuthenticator authenticator =
        new KeyAuthenticator(
            List.of(Given.consumer("ann", "ann-1")), List.of(Given.route("chat", "ann")));
    deployment =
        await(
            vertx.deployVerticle(
                () -> new AuthVerticle(directory, authenticator),
                new DeploymentOptions().setInstances(2)));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void answers_over_the_bus() throws Exception {
    assertThat(await(client.identify(QUESTION))).isEqualTo(new Verdict.Identified("ann", Map.of()));
    assertThat(await(client.identify(new AuthRequest("chat", 0, List.of()))))
        .isEqualTo(new Verdict.NoKey());
  }

  @Test
  void answers_no_more_after_it_has_stopped() throws Exception {
    await(vertx.undeploy(deployment));

    assertThatThrownBy(() -> await(client.identify(QUESTION)))
        .isInstanceOfSatisfying(
            BusFault.class, fault -> assertThat(fault.kind()).isEqualTo(BusFault.Kind.UNAVAILABLE));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(5, TimeUnit.SECONDS);
  }
}
