package io.tollgate.deploy;

import io.tollgate.contract.Role;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an entry of {@code --roles}. */
final class Roles implements ITypeConverter<Role> {
  @Override
  public Role convert(String text) {
    return Arrays.stream(Role.values())
        .filter(role -> role.label().equals(text.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "found '" + text + "'; allowed: " + all() + ", separated by commas"));
  }

  private static String all() {
    return Arrays.stream(Role.values()).map(Role::label).collect(Collectors.joining(", "));
  }
}
