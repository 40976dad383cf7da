package io.millrace.broker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.health.BrokerHealth;
import io.millrace.broker.health.Degradation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What probes ask: 200 or 503, with the reasons as JSON, and what does not work though it is ready.
 */
final class HealthPages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private HealthPages() {}

    static HttpEndpoint.Answer alive(BrokerHealth health) throws JsonProcessingException {
        return answer("alive", health.fatalReason().map(List::of).orElse(List.of()), Map.of());
    }

    static HttpEndpoint.Answer ready(BrokerHealth health) throws JsonProcessingException {
        List<Map<String, String>> degraded =
                health.degradations().stream().map(HealthPages::drawn).toList();
        return answer("ready", health.notReadyReasons(), Map.of("degraded", degraded));
    }

    private static Map<String, String> drawn(Degradation degradation) {
        Map<String, String> drawn = new LinkedHashMap<>();
        drawn.put("state", degradation.state().name());
        drawn.put("reason", degradation.reason());
        return drawn;
    }

    private static HttpEndpoint.Answer answer(
            String question, List<String> reasonsAgainst, Map<String, ?> more)
            throws JsonProcessingException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(question, reasonsAgainst.isEmpty());
        body.put("reasons", reasonsAgainst);
        body.putAll(more);
        return new HttpEndpoint.Answer(
                reasonsAgainst.isEmpty() ? 200 : 503,
                "application/json",
                JSON.writeValueAsString(body) + "\n");
    }
}
