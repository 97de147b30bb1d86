package io.tollgate.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  @TempDir private Path folder;

  @Test
  void a_file_that_is_left_alone_is_no_news() throws Exception {
    FileWatch watch = new FileWatch(file("a"));

    assertThat(watch.hasNews()).isFalse();
    assertThat(watch.hasNews()).isFalse();
  }

  @Test
  void a_change_is_news_once_and_only_when_the_file_rests() throws Exception {
    Path file = file("a");
    FileWatch watch = new FileWatch(file);

    Files.writeString(file, "ab");
    assertThat(watch.hasNews()).as("it may still be written").isFalse();
    Files.writeString(file, "abc");
    assertThat(watch.hasNews()).as("it was").isFalse();

    assertThat(watch.hasNews()).isTrue();
    assertThat(watch.hasNews()).isFalse();
  }

  @Test
  void a_file_that_takes_the_others_place_is_news_even_of_the_same_age_and_size() throws Exception {
    Path file = file("a");
    FileWatch watch = new FileWatch(file);
    Path other = Files.writeString(folder.resolve("other"), "b");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    watch.hasNews();

    assertThat(watch.hasNews()).isTrue();
  }

  @Test
  void a_link_that_leads_elsewhere_is_news_as_with_a_config_map() throws Exception {
    Path first = Files.createDirectory(folder.resolve("..1"));
    Path second = Files.createDirectory(folder.resolve("..2"));
    Files.writeString(first.resolve("config.yaml"), "a");
    Files.writeString(second.resolve("config.yaml"), "b");
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    Path file =
        Files.createSymbolicLink(folder.resolve("config.yaml"), Path.of("..data/config.yaml"));
    FileWatch watch = new FileWatch(file);

    Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), second);
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
    watch.hasNews();

    assertThat(watch.hasNews()).isTrue();
    assertThat(Files.readString(file)).isEqualTo("b");
  }

  @Test
  void a_file_that_goes_and_comes_back_is_news() throws Exception {
    Path file = file("a");
    FileWatch watch = new FileWatch(file);

    Files.delete(file);
    watch.hasNews();
    assertThat(watch.hasNews()).isTrue();
    Files.writeString(file, "b");
    watch.hasNews();

    assertThat(watch.hasNews()).isTrue();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("file"), text);
  }
}
