package io.tollgate.bench.journal;

import io.tollgate.contract.bus.RecordJson;
import io.tollgate.contract.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.LongConsumer;

/** Events in a table of SQLite. */
final class SqliteStore implements EventStore {
  private final Connection connection;
  private final PreparedStatement insert;

  SqliteStore(Path dir) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("events.sqlite"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=NORMAL");
      statement.execute("CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event BLOB)");
    }
    insert = connection.prepareStatement("INSERT INTO events (event) VALUES (?)");
  }

  @Override
  public void append(List<UsageEvent> events, LongConsumer nanos) throws SQLException {
    for (UsageEvent event : events) {
      long start = System.nanoTime();
      insert.setBytes(1, RecordJson.write(event));
      insert.executeUpdate();
      nanos.accept(System.nanoTime() - start);
    }
  }

  @Override
  public long count() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM events")) {
      return result.next() ? result.getLong(1) : 0;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      insert.close();
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
