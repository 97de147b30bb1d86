package io.tollgate.proxy.meter;

import java.util.LinkedHashMap;
import java.util.Map;

/** Answers of the protocols that are served, as providers write them. */
final class Samples {
  /** A usage chunk at the end, null usage before; text that looks like usage. */
  static final String CHAT_STREAM =
      """
      data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"qwen-max-0919","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}

      data: {"id":"c1","model":"qwen-max-0919","choices":[{"index":0,"delta":{"content":"我是 \\"usage\\":{\\"prompt_tokens\\":999}"},"finish_reason":null}],"usage":null}

      data: {"id":"c1","model":"qwen-max-0919","choices":[{"index":0,"delta":{"content":"\\u4f60\\ud83d\\ude00 é"},"finish_reason":null}],"usage":null}

      data: {"id":"c1","model":"qwen-max-0919","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

      data: {"id":"c1","model":"qwen-max-0919","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":22,"total_tokens":33,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":5}}}

      data: [DONE]

      """;

  static final String CHAT_STREAM_WITHOUT_USAGE_CHUNK =
      CHAT_STREAM.replaceFirst("data: [^\\n]*\"choices\":\\[],[^\\n]*\\n\\n", "");

  static final String CHAT_DOCUMENT =
      """
      {
        "id": "c2", "object": "chat.completion", "model": "gpt-4o-2024-08-06",
        "choices": [ { "index": 0,
          "message": { "role": "assistant", "content": "Hello, \\"usage\\": {\\"prompt_tokens\\": 1}" },
          "finish_reason": "stop" } ],
        "usage": { "prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
          "prompt_tokens_details": { "cached_tokens": 8, "audio_tokens": 0 },
          "completion_tokens_details": { "reasoning_tokens": 3 } }
      }
      """;

  static final String EMBEDDINGS =
      """
      {"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,-1.5e-3]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}""";

  static final String RESPONSES_STREAM =
      """
      event: response.created
      data: {"type":"response.created","response":{"id":"r1","status":"in_progress","model":"gpt-4o","usage":null}}

      event: response.output_text.delta
      data: {"type":"response.output_text.delta","delta":"Hi there"}

      event: response.output_text.done
      data: {"type":"response.output_text.done","text":"Hi there"}

      event: response.completed
      data: {"type":"response.completed","response":{"id":"r1","status":"completed","model":"gpt-4o","output":[{"content":[{"type":"output_text","text":"Hi there"}]}],"usage":{"input_tokens":37,"input_tokens_details":{"cached_tokens":2},"output_tokens":11,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":48}}}

      """;

  static final String MESSAGES_STREAM =
      """
      event: message_start
      data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","content":[],"model":"claude-3-5","stop_reason":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":7,"cache_read_input_tokens":100,"output_tokens":1}}}

      event: content_block_start
      data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

      event: ping
      data: {"type": "ping"}

      event: content_block_delta
      data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

      event: message_delta
      data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}

      event: message_stop
      data: {"type":"message_stop"}

      """;

  /** Comments, an id, several data lines for one event, no space after a colon, no last [DONE]. */
  static final String ODD_STREAM =
      """
      : hello
      retry: 100

      id: 1
      data:{"model":"odd","choices":[{"delta":
      data:   {"content":"ab"}}],
      data
      data:"usage":null}

      :
      data: not json at all
      datax: {"usage":{"prompt_tokens":1}}

      data: {"choices":[{"delta":{"content":"cd"},"finish_reason":"length"}],"usage":{"prompt_tokens":5,
      data: "completion_tokens":6}}

      data: {"choices":[{"delta":{"content":"cut of""";

  private Samples() {}

  /** Every sample, streams also with the other line ends. */
  static Map<String, String> all() {
    Map<String, String> samples = new LinkedHashMap<>();
    samples.put("chat document", CHAT_DOCUMENT);
    samples.put("embeddings", EMBEDDINGS);
    Map<String, String> streams =
        Map.of(
            "chat", CHAT_STREAM,
            "chat without usage", CHAT_STREAM_WITHOUT_USAGE_CHUNK,
            "responses", RESPONSES_STREAM,
            "messages", MESSAGES_STREAM,
            "odd", ODD_STREAM);
    streams.forEach(
        (name, stream) -> {
          samples.put(name + " LF", stream);
          samples.put(name + " CRLF", stream.replace("\n", "\r\n"));
          samples.put(name + " CR", stream.replace("\n", "\r"));
        });
    return samples;
  }
}
