package io.millrace.broker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.broker.health.BrokerHealth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What probes ask: 200 or 503, with the reasons as JSON. */
final class HealthPages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private HealthPages() {}

    static HttpEndpoint.Answer alive(BrokerHealth health) throws JsonProcessingException {
        return answer("alive", health.fatalReason().map(List::of).orElse(List.of()));
    }

    static HttpEndpoint.Answer ready(BrokerHealth health) throws JsonProcessingException {
        return answer("ready", health.notReadyReasons());
    }

    private static HttpEndpoint.Answer answer(String question, List<String> reasonsAgainst)
            throws JsonProcessingException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(question, reasonsAgainst.isEmpty());
        body.put("reasons", reasonsAgainst);
        return new HttpEndpoint.Answer(
                reasonsAgainst.isEmpty() ? 200 : 503,
                "application/json",
                JSON.writeValueAsString(body) + "\n");
    }
}
