// Braintrust's SDK for Java, which writes OpenTelemetry spans: a loop of requests and tool calls, told on standard input.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonField;
import com.openai.core.JsonValue;
import com.openai.core.ObjectMappers;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import dev.braintrust.instrumentation.openai.BraintrustOpenAI;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.logging.otlp.internal.traces.OtlpStdoutSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.io.FileOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

public class Record {
  static final ObjectMapper json = new ObjectMapper();
  static final HttpClient http = HttpClient.newHttpClient();
  static JsonNode told;
  static OpenAIClient client;
  static Tracer tracer;

  public static void main(String[] args) throws Exception {
    told = json.readTree(System.in);
    var exporter =
        OtlpStdoutSpanExporter.builder().setOutput(new FileOutputStream(told.get("file").asText())).setWrapperJsonObject(true).build();
    var provider =
        SdkTracerProvider.builder()
            .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "redelivery-desk")))
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build();
    var otel = OpenTelemetrySdk.builder().setTracerProvider(provider).build();
    tracer = otel.getTracer("app");
    client =
        BraintrustOpenAI.wrapOpenAI(
            otel,
            OpenAIOkHttpClient.builder().baseUrl(told.get("url").asText()).apiKey(told.get("apiKey").asText()).maxRetries(0).build());
    try {
      converse();
    } catch (com.openai.errors.OpenAIServiceException failure) {
      if (!told.get("mayFail").asBoolean()) throw failure;
    }
    provider.close();
    System.exit(0);
  }

  static void converse() throws Exception {
    boolean responses = told.get("responses").asBoolean();
    ArrayNode history = json.createArrayNode();
    if (!responses) history.addObject().put("role", "system").put("content", told.get("system").asText());
    for (JsonNode user : told.get("users")) {
      history.addObject().put("role", "user").put("content", user.asText());
      Span root = told.get("wrapped").asBoolean() ? span("redelivery_desk", "task", user) : null;
      Context around = root == null ? Context.current() : Context.current().with(root);
      try (var scope = around.makeCurrent()) {
        while (responses ? respond(history, around) : chat(history, around)) {}
      } finally {
        if (root != null) root.end();
      }
    }
  }

  /** True where there were calls, so that the model is to be asked again. */
  static boolean chat(ArrayNode history, Context around) throws Exception {
    var params =
        ChatCompletionCreateParams.builder()
            .model(told.get("model").asText())
            .temperature(0.2)
            .parallelToolCalls(true)
            .tools(field(functions(true)))
            .messages(field(history))
            .build();
    JsonNode answer;
    if (told.get("stream").asBoolean()) {
      var collected = ChatCompletionAccumulator.create();
      var options = com.openai.models.chat.completions.ChatCompletionStreamOptions.builder().includeUsage(true).build();
      try (var stream = client.chat().completions().createStreaming(params.toBuilder().streamOptions(options).build())) {
        stream.stream().forEach(collected::accumulate);
      }
      answer = tree(collected.chatCompletion());
    } else answer = tree(client.chat().completions().create(params));
    JsonNode message = answer.at("/choices/0/message");
    history.add(message);
    List<JsonNode> calls = new ArrayList<>();
    message.path("tool_calls").forEach(calls::add);
    for (var result : results(calls.stream().map(call -> call.get("function")).toList(), around))
      history.addObject().put("role", "tool").put("tool_call_id", calls.remove(0).get("id").asText()).put("content", result);
    return message.path("tool_calls").size() > 0;
  }

  static boolean respond(ArrayNode history, Context around) throws Exception {
    var params =
        ResponseCreateParams.builder()
            .model(told.get("model").asText())
            .temperature(0.2)
            .instructions(told.get("system").asText())
            .parallelToolCalls(true)
            .tools(field(functions(false)))
            .input(field(history))
            .build();
    JsonNode answer;
    if (told.get("stream").asBoolean()) {
      var collected = ResponseAccumulator.create();
      try (var stream = client.responses().createStreaming(params)) {
        stream.stream().forEach(collected::accumulate);
      }
      answer = tree(collected.response());
    } else answer = tree(client.responses().create(params));
    List<JsonNode> calls = new ArrayList<>();
    for (JsonNode item : answer.get("output")) {
      history.add(item);
      if (item.get("type").asText().equals("function_call")) calls.add(item);
    }
    boolean goesOn = !calls.isEmpty();
    for (var result : results(calls, around))
      history.addObject().put("type", "function_call_output").put("call_id", calls.remove(0).get("call_id").asText()).put("output", result);
    return goesOn;
  }

  /** All calls of a batch at once. */
  static List<String> results(List<JsonNode> calls, Context around) {
    var pending = calls.stream().map(call -> CompletableFuture.supplyAsync(() -> result(call, around))).toList();
    return pending.stream().map(CompletableFuture::join).toList();
  }

  static String result(JsonNode call, Context around) {
    try (var scope = around.makeCurrent()) {
      JsonNode arguments = json.readTree(call.get("arguments").asText());
      String name = call.get("name").asText();
      Span span = told.get("wrapped").asBoolean() ? span(name, "tool", arguments) : null;
      ObjectNode body = json.createObjectNode().put("name", name).set("arguments", arguments);
      var request = HttpRequest.newBuilder(URI.create(told.get("tools_url").asText())).POST(HttpRequest.BodyPublishers.ofString(body.toString())).build();
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (span != null) {
        if (answer.statusCode() == 200) span.setAttribute("braintrust.output_json", answer.body());
        else span.setStatus(StatusCode.ERROR, json.readTree(answer.body()).get("error").asText());
        span.end();
      }
      return answer.body();
    } catch (Exception failure) {
      throw new RuntimeException(failure);
    }
  }

  /** As Braintrust's documentation has an app make its own. */
  static Span span(String name, String type, JsonNode input) {
    return tracer
        .spanBuilder(name)
        .setAttribute("braintrust.span_attributes", json.createObjectNode().put("type", type).put("name", name).toString())
        .setAttribute("braintrust.input_json", input.toString())
        .startSpan();
  }

  static ArrayNode functions(boolean isChat) {
    ArrayNode all = json.createArrayNode();
    for (JsonNode tool : told.get("tools")) {
      ObjectNode each = all.addObject().put("type", "function");
      ((ObjectNode) (isChat ? each.putObject("function") : each.put("strict", true))).setAll((ObjectNode) tool);
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  static <T> JsonField<T> field(JsonNode value) {
    return (JsonField<T>) (JsonField<?>) JsonValue.fromJsonNode(value.deepCopy());
  }

  static JsonNode tree(Object answer) {
    return ObjectMappers.jsonMapper().valueToTree(answer);
  }
}
