package io.tollgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HashSlotTest {
  @Test
  void the_checksum_is_that_of_the_cluster_specification() {
    assertThat(HashSlot.crc16("123456789".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0x31C3);
    assertThat(HashSlot.of("foo")).isEqualTo(12_182);
    assertThat(HashSlot.of("somekey")).isEqualTo(11_058);
  }

  @Test
  void keys_with_one_tag_have_one_slot() {
    assertThat(HashSlot.of("{user1000}.following")).isEqualTo(HashSlot.of("{user1000}.followers"));
    assertThat(HashSlot.of("{chat_quota:me}:holds")).isEqualTo(HashSlot.of("chat_quota:me"));
    assertThat(HashSlot.of("foo{bar}{zap}")).isEqualTo(HashSlot.of("bar"));
    assertThat(HashSlot.of("foo{{bar}}zap")).isEqualTo(HashSlot.of("{bar"));
  }

  @Test
  void an_empty_or_open_tag_is_none() {
    assertThat(HashSlot.of("foo{}{bar}")).isNotEqualTo(HashSlot.of("bar"));
    assertThat(HashSlot.of("foo{bar")).isNotEqualTo(HashSlot.of("bar"));
    assertThat(HashSlot.of("")).isZero();
  }
}
