package io.tollgate.admin;

import java.util.Map;

/**
 * What a call is answered with.
 *
 * @param body written as JSON
 */
record Answer(int status, Object body, Map<String, String> headers) {
  static Answer ok(Object body) {
    return new Answer(200, body, Map.of());
  }
}
