package io.tollgate.deploy;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads YAML as a tree in which no key stands twice. */
final class ConfigFile {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              // Else "off" and "on" would be false and true.
              .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
              .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
              .build());

  private static final ObjectMapper WRITER =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
              .build());

  private ConfigFile() {}

  /** The other way round: a tree as YAML. */
  static String write(JsonNode tree) {
    try {
      return WRITER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode read(Path file) throws StartFault {
    return parse(file.toString(), text(file));
  }

  /** Every document of a file, in order. */
  static List<JsonNode> readAll(Path file) throws StartFault {
    String text = text(file);
    try {
      refuseAliases(file.toString(), text);
      try (MappingIterator<JsonNode> documents =
          YAML.readerFor(JsonNode.class).readValues(YAML.getFactory().createParser(text))) {
        return documents.readAll();
      }
    } catch (JsonProcessingException e) {
      throw fault(file.toString(), e.getLocation(), firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new StartFault(file + ": " + e.getMessage());
    }
  }

  /** A file's text. */
  static String text(Path file) throws StartFault {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new StartFault(file + ": no such file");
    } catch (AccessDeniedException e) {
      throw new StartFault(file + ": may not be read");
    } catch (MalformedInputException e) {
      throw new StartFault(file + ": is not UTF-8 text");
    } catch (IOException e) {
      throw new StartFault(
          file + ": " + (Files.isDirectory(file) ? "is a directory" : e.getMessage()));
    }
  }

  /**
   * @param name of the text, for faults
   */
  static JsonNode parse(String name, String text) throws StartFault {
    try {
      refuseAliases(name, text);
      try (JsonParser parser = YAML.getFactory().createParser(text)) {
        JsonNode tree = YAML.readTree(parser);
        if (parser.nextToken() != null) {
          throw fault(name, parser.currentTokenLocation(), "a second document; one is allowed");
        }
        return tree == null ? MissingNode.getInstance() : tree;
      }
    } catch (JsonProcessingException e) {
      throw fault(name, e.getLocation(), firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new StartFault(name + ": " + e.getMessage());
    }
  }

  /** The tree has no place for what an alias stands for: it would read as its bare name. */
  private static void refuseAliases(String name, String text) throws IOException, StartFault {
    try (YAMLParser parser = (YAMLParser) YAML.getFactory().createParser(text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (parser.isCurrentAlias()) {
          throw fault(
              name, parser.currentTokenLocation(), "an alias (*name); write the value out instead");
        }
      }
    }
  }

  private static StartFault fault(String name, @Nullable JsonLocation at, String text) {
    return new StartFault(
        name
            + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr())
            + ": "
            + text);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("is not YAML");
  }
}
