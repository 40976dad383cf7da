package io.millrace.perf.measure;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How much went through in the time that counts.
 *
 * @param records how many
 * @param bytes of their keys and values
 * @param seconds how long it took
 * @param recordsPerSecond the rate
 * @param megabytesPerSecond the rate in 10^6 bytes of keys and values
 * @param worstSecond records in the worst second; null if it took less than one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Throughput(
        long records,
        long bytes,
        double seconds,
        double recordsPerSecond,
        double megabytesPerSecond,
        Double worstSecond) {}
