package io.tollgate.deploy.higress;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One document of a file.
 *
 * @param place what notes call it: the file, and which document of several
 */
public record Document(String place, JsonNode tree) {}
