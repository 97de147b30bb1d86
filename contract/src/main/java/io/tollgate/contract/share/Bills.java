package io.tollgate.contract.share;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What went by parts and is not known to be in the store yet. Bounded; not thread-safe. */
final class Bills {
  private final Map<String, List<NodePart>> byRequest;

  /**
   * @param most beyond so many the eldest are not waited for
   */
  Bills(int most) {
    byRequest =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, List<NodePart>> eldest) {
            boolean tooMany = size() > most;
            if (tooMany) {
              eldest.getValue().forEach(NodePart::confirmed);
            }
            return tooMany;
          }
        };
  }

  void await(String requestId, List<NodePart> parts) {
    parts.forEach(NodePart::billed);
    byRequest.put(requestId, parts);
  }

  void confirmed(String requestId) {
    List<NodePart> billed = byRequest.remove(requestId);
    if (billed != null) {
      billed.forEach(NodePart::confirmed);
    }
  }
}
