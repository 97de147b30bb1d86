package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of the files.
 *
 * @param configuration of Tollgate, as a tree
 * @param variables the environment variables that it refers to, with what each stands for
 */
public record Imported(ObjectNode configuration, List<Note> notes, Map<String, String> variables) {
  public Imported {
    notes = List.copyOf(notes);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables)); // in their order
  }
}
