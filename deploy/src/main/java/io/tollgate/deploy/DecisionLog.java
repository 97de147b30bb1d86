package io.tollgate.deploy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.LogConfig;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Where the line for each request goes: past the event loops, through a bounded queue. */
final class DecisionLog implements AutoCloseable {
  private static final String NAME = "tollgate.decisions";

  private final Logger logger;
  private final @Nullable BatchAppender appender;
  private final @Nullable OutputStream file;

  private DecisionLog(
      Logger logger, @Nullable BatchAppender appender, @Nullable OutputStream file) {
    this.logger = logger;
    this.appender = appender;
    this.file = file;
  }

  static DecisionLog open(LogConfig config, MeterRegistry meters) throws StartFault {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger logger = context.getLogger(NAME);
    logger.setAdditive(false);
    boolean off = config.target() == LogConfig.Target.OFF;
    // So that the lines are not even made.
    logger.setLevel(off ? Level.OFF : Level.INFO);
    if (off) {
      return new DecisionLog(logger, null, null);
    }
    OutputStream file = config.file() == null ? null : append(config.file());
    BatchAppender appender = new BatchAppender(file == null ? standardOutput() : file, meters);
    appender.setContext(context);
    appender.start();
    logger.addAppender(appender);
    return new DecisionLog(logger, appender, file);
  }

  private static OutputStream append(Path file) throws StartFault {
    try {
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new StartFault("log.decisions " + file + " can't be written to: " + e.getMessage());
    }
  }

  private static OutputStream standardOutput() {
    return new FileOutputStream(FileDescriptor.out);
  }

  /** Writes what is still in the queue. */
  @Override
  public void close() throws IOException {
    if (appender != null) {
      logger.detachAppender(appender);
      appender.stop();
    }
    if (file != null) {
      file.close();
    }
  }
}
