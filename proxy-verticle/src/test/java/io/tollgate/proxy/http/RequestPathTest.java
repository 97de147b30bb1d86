package io.tollgate.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class RequestPathTest {
  @Test
  void tidies_what_means_the_same() {
    assertThat(path("/v1/chat")).isEqualTo(new RequestPath("/v1/chat", "/v1/chat"));
    assertThat(path("//v1///chat/")).isEqualTo(new RequestPath("/v1/chat", "/v1/chat"));
    assertThat(path("/v1/a%20b+c")).isEqualTo(new RequestPath("/v1/a b+c", "/v1/a%20b+c"));
    assertThat(path("/")).isEqualTo(new RequestPath("/", "/"));
    assertThat(path("/v1/.hidden/..x/y...")).isNotNull();
  }

  @Test
  void refuses_what_may_mean_another_path() {
    for (String written :
        List.of(
            "",
            "v1",
            "*",
            "/..",
            "/v1/.",
            "/v1/%2e",
            "/a/%2E./b",
            "/a%2f..%2fb",
            "/a\\b",
            "/%",
            "/%zz")) {
      assertThat(RequestPath.parse(written)).as(written).isInstanceOf(Step.Refused.class);
    }
    assertThat(RequestPath.parse(null)).isInstanceOf(Step.Refused.class);
  }

  @Test
  void a_prefix_covers_whole_segments() {
    assertThat(path("/v1/chat").startsWith("/v1")).isTrue();
    assertThat(path("/v1").startsWith("/v1")).isTrue();
    assertThat(path("/v1/chat").startsWith("/v1/")).isTrue();
    assertThat(path("/v10/chat").startsWith("/v1")).isFalse();
    assertThat(path("/anything").startsWith("/")).isTrue();
  }

  @Test
  void knows_the_operation_below_the_root() {
    assertThat(path("/v1/chat/completions").operation("/")).isEqualTo(Operation.CHAT_COMPLETIONS);
    assertThat(path("/team/v1/embeddings/").operation("/team")).isEqualTo(Operation.EMBEDDINGS);
    assertThat(path("/openai/completions").operation("/openai")).isEqualTo(Operation.COMPLETIONS);
    assertThat(path("/v1/%6dessages").operation("/v1")).isEqualTo(Operation.MESSAGES);
    assertThat(path("/v1/threads/t/messages").operation("/v1")).isEqualTo(Operation.OTHER);
    assertThat(path("/v1/chat/completions/quota").operation("/v1")).isEqualTo(Operation.OTHER);
    assertThat(path("/v1").operation("/v1")).isEqualTo(Operation.OTHER);
    assertThat(path("/v1beta/models").operation("/")).isEqualTo(Operation.OTHER);
  }

  @Test
  void what_follows_the_root_keeps_its_spelling() {
    assertThat(path("/v1/files/a%2Fb").rawAfterRoot("/v1")).isEqualTo("/files/a%2Fb");
    assertThat(path("/plain/files").rawAfterRoot("/plain")).isEqualTo("/files");
    assertThat(path("/plain/files").rawAfterRoot("/")).isEqualTo("/plain/files");
  }

  @Property
  void never_lets_a_segment_of_dots_through(@ForAll @StringLength(max = 30) String text) {
    Step<RequestPath> parsed = RequestPath.parse("/" + text);

    if (parsed instanceof Step.Next<RequestPath> next) {
      assertThat(next.value().decoded().split("/")).doesNotContain(".", "..");
      assertThat(next.value().decoded()).startsWith("/").doesNotContain("\\", "//");
    }
  }

  private static RequestPath path(String written) {
    return switch (RequestPath.parse(written)) {
      case Step.Next<RequestPath> next -> next.value();
      case Step.Refused<RequestPath> refused -> throw new AssertionError(refused);
    };
  }
}
