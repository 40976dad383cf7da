package io.millrace.broker.http;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;

/** All metrics, in the text format of Prometheus or that of OpenMetrics, as the reader prefers. */
final class MetricsPage implements HttpEndpoint.Page {

    private static final String CREATED = "_created";

    private final CollectorRegistry registry;

    MetricsPage(CollectorRegistry registry) {
        this.registry = registry;
    }

    @Override
    public HttpEndpoint.Answer answer(String accept) throws IOException {
        String contentType = TextFormat.chooseContentType(accept);
        StringWriter body = new StringWriter();
        TextFormat.writeFormat(
                contentType,
                body,
                Collections.enumeration(
                        Collections.list(registry.metricFamilySamples()).stream()
                                .map(MetricsPage::withoutCreationTimes)
                                .toList()));
        return new HttpEndpoint.Answer(200, contentType, body.toString());
    }

    /** The library adds a series with its time of birth to each counter; nobody asks for them. */
    private static MetricFamilySamples withoutCreationTimes(MetricFamilySamples family) {
        List<MetricFamilySamples.Sample> samples =
                family.samples.stream().filter(sample -> !sample.name.endsWith(CREATED)).toList();
        return new MetricFamilySamples(family.name, family.unit, family.type, family.help, samples);
    }
}
