package io.tollgate.proxy.demo;

import io.tollgate.proxy.demo.DemoCall.Generation;
import io.tollgate.proxy.demo.DemoCall.Prompt;
import io.tollgate.proxy.meter.RecentEntries;
import io.tollgate.proxy.meter.Vocabularies;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokenizers by model, with a bounded memory of what was counted lately. Used on one event loop,
 * which it does not block: vocabularies are loaded and long texts are counted on worker threads.
 */
final class Tokenizers {
  private static final int MAX_ENTRIES = 1_000;
  private static final int LONG_TEXT_CHARACTERS = 4_096;

  private final Vertx vertx;
  private final Map<String, Future<OneModel>> models = new RecentEntries<>(MAX_ENTRIES);

  Tokenizers(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Loads the vocabulary that most models use. */
  Future<Void> preload() {
    return vertx.executeBlocking(Vocabularies::newest).mapEmpty();
  }

  /** The tokenizer that is known for a model's name, or else that of the newest models. */
  Future<OneModel> of(String model) {
    return models.computeIfAbsent(
        model, name -> OffLoop.call(vertx, () -> load(name)).map(OneModel::new));
  }

  private static ModelTokenizer load(String model) {
    return new ModelTokenizer(Vocabularies.ofModel(model));
  }

  /** One model's tokenizer and memory. */
  final class OneModel {
    private final ModelTokenizer tokenizer;
    private final Map<Prompt, Integer> prompts = new RecentEntries<>(MAX_ENTRIES);
    private final Map<String, List<Piece>> answers = new RecentEntries<>(MAX_ENTRIES);
    private final Composer composer;

    private OneModel(ModelTokenizer tokenizer) {
      this.tokenizer = tokenizer;
      this.composer =
          new Composer(tokenizer, text -> answers.computeIfAbsent(text, tokenizer::pieces));
    }

    Future<Integer> count(Prompt prompt) {
      if (prompt.characters() > LONG_TEXT_CHARACTERS) {
        return OffLoop.call(vertx, () -> tokenizer.count(prompt));
      }
      return Future.succeededFuture(prompts.computeIfAbsent(prompt, tokenizer::count));
    }

    Answer answer(Generation call, @Nullable Integer exactTokens) {
      return composer.compose(call, exactTokens);
    }
  }
}
