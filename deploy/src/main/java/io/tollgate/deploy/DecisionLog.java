package io.tollgate.deploy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import io.micrometer.core.instrument.MeterRegistry;
import io.tollgate.contract.config.LogConfig;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Where the line for each request goes: past the event loops, through a bounded queue. */
final class DecisionLog implements AutoCloseable {
  private static final String NAME = "tollgate.decisions";

  private final Logger logger;
  private final @Nullable BoundedAppender appender;

  private DecisionLog(Logger logger, @Nullable BoundedAppender appender) {
    this.logger = logger;
    this.appender = appender;
  }

  static DecisionLog open(LogConfig config, MeterRegistry meters) throws StartFault {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger logger = context.getLogger(NAME);
    logger.setAdditive(false);
    if (config.target() == LogConfig.Target.OFF) {
      return new DecisionLog(logger, null);
    }
    OutputStreamAppender<ILoggingEvent> target = target(config);
    target.setContext(context);
    target.setEncoder(plain(context));
    target.start();
    if (!target.isStarted()) {
      throw new StartFault("log.decisions " + config.file() + " can't be written to");
    }
    BoundedAppender appender = BoundedAppender.start(context, target, meters);
    logger.addAppender(appender);
    return new DecisionLog(logger, appender);
  }

  private static OutputStreamAppender<ILoggingEvent> target(LogConfig config) {
    if (config.file() == null) {
      return new ConsoleAppender<>();
    }
    FileAppender<ILoggingEvent> file = new FileAppender<>();
    file.setFile(config.file().toString());
    return file;
  }

  private static PatternLayoutEncoder plain(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern("%msg%n");
    encoder.start();
    return encoder;
  }

  /** Writes what is still in the queue. */
  @Override
  public void close() {
    if (appender != null) {
      logger.detachAppender(appender);
      appender.stop();
    }
  }
}
