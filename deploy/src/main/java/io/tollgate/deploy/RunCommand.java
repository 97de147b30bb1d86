package io.tollgate.deploy;

import io.tollgate.contract.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a node until a signal ends it. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Runs a node.")
final class RunCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options = new ConfigOptions();

  @Option(
      names = "--roles",
      split = ",",
      converter = Roles.class,
      paramLabel = "ROLE",
      description = "What the node does: auth, limiter, quota, proxy, admin. All when absent.")
  private List<Role> roles = new ArrayList<>();

  @Override
  public Integer call() throws StartFault {
    NodeRoles chosen =
        new NodeRoles(
            roles.isEmpty() ? EnumSet.allOf(Role.class) : EnumSet.copyOf(roles),
            options.clustered());
    return Running.run(options.source(), chosen, ReadyLine::of);
  }
}
