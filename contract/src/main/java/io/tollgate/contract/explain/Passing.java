package io.tollgate.contract.explain;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether one limit or balance lets a request pass. */
public enum Passing {
  /** There is room. */
  @JsonProperty("passes")
  PASSES,
  /** There is none. */
  @JsonProperty("refuses")
  REFUSES,
  /** There is none, but it only counts and lets pass. */
  @JsonProperty("would_refuse")
  WOULD_REFUSE,
  /** Its store was not asked or did not answer; its policy decides. */
  @JsonProperty("unknown")
  UNKNOWN
}
