package io.millrace.client.admin;

/**
 * How one broker is.
 *
 * @param nodeId its node id
 * @param address where clients reach it, host:port
 * @param version its version
 * @param startTimeMs since when it runs, milliseconds since 1970 UTC
 * @param diskFreeBytes free bytes on the disk of its data directory
 * @param diskReserveBytes below this many free bytes writes are refused
 * @param walUsedBytes bytes of its write-ahead log in use
 * @param walCapBytes the write-ahead log's cap
 * @param logBytes bytes of all partition logs
 * @param writeState whether it takes writes, and if not, why
 */
public record BrokerStatus(
        int nodeId,
        String address,
        String version,
        long startTimeMs,
        long diskFreeBytes,
        long diskReserveBytes,
        long walUsedBytes,
        long walCapBytes,
        long logBytes,
        String writeState) {}
