package io.tollgate.bench.accuracy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One kill of a node and what became of the holds of its open calls.
 *
 * @param open calls that it served
 * @param freeMillis from the kill until the last hold of these was free; -1 when one never was seen
 *     to be
 */
record Killing(String node, int open, long freeMillis) {
  static List<Killing> of(List<Call> calls, List<HoldSample> holds) {
    TreeMap<String, List<Call>> byNode =
        calls.stream()
            .filter(call -> call.ending() == Ending.KILLED)
            .collect(
                Collectors.groupingBy(
                    call -> call.heard().node(), TreeMap::new, Collectors.toList()));
    List<Killing> killings = new ArrayList<>();
    byNode.forEach(
        (node, open) -> killings.add(new Killing(node, open.size(), freeMillis(open, holds))));
    return killings;
  }

  private static long freeMillis(List<Call> open, List<HoldSample> holds) {
    Long killed = open.getFirst().killedMillis();
    Set<String> requests =
        open.stream()
            .map(call -> call.heard().requestId())
            .filter(id -> id != null)
            .collect(Collectors.toSet());
    if (killed == null) {
      return -1;
    }
    for (HoldSample sample : holds) {
      if (sample.atMillis() > killed && sample.requests().stream().noneMatch(requests::contains)) {
        return sample.atMillis() - killed;
      }
    }
    return -1;
  }
}
