package io.tollgate.deploy;

import io.tollgate.contract.config.ClusterConfig;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Finds out which of a cluster's members this machine is. */
final class LocalAddress {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private LocalAddress() {}

  /**
   * The address of this machine that is among the members; one with this node's own port first.
   *
   * @param patience for names that the name service learns only now
   */
  static String among(ClusterConfig cluster, Duration patience) throws StartFault {
    long attempts = 1 + patience.dividedBy(PAUSE);
    for (long i = 0; i < attempts; i++) {
      Optional<String> found = find(cluster);
      if (found.isPresent()) {
        return found.get();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new StartFault(
        "cluster.members "
            + cluster.members()
            + " names no address of this machine; every node's own belongs in the list");
  }

  private static Optional<String> find(ClusterConfig cluster) {
    String own = ":" + cluster.port();
    List<String> members =
        cluster.members().stream()
            .sorted(Comparator.comparing((String member) -> !member.endsWith(own)))
            .toList();
    return members.stream()
        .map(member -> member.substring(0, member.lastIndexOf(':')))
        .flatMap(host -> Arrays.stream(lookUp(host)))
        .filter(LocalAddress::isLocal)
        .map(InetAddress::getHostAddress)
        .findFirst();
  }

  private static InetAddress[] lookUp(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      return new InetAddress[0];
    }
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return false;
    }
  }
}
