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
 * @param rack the rack or zone that it stands in; empty: not told
 * @param alive whether its lease runs, as far as the answering broker knows
 * @param state JOINED (without shards yet), FILLING (was added, and takes its share of replicas),
 *     ACTIVE, DRAINED or LEAVING
 * @param silentMs how long ago it was heard of, in milliseconds; null: never
 * @param ledShards how many shards it leads
 * @param replicas how many replicas it holds
 * @param walStalledMs how long the write or force of its write-ahead log that is under way has
 *     taken, in milliseconds
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
        String writeState,
        String rack,
        boolean alive,
        String state,
        Long silentMs,
        int ledShards,
        int replicas,
        long walStalledMs) {}
