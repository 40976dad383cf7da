package io.millrace.perf.load;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How long it took after brokers were started again that had been killed.
 *
 * @param acknowledgedSeconds until each partition had acknowledged a record; null if nobody asked
 *     it to, since a majority was there all the time
 * @param wholeSeconds until all replicas had what their leaders have
 * @param bytes of keys and values that each replica held
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Recovery(Double acknowledgedSeconds, double wholeSeconds, long bytes) {}
