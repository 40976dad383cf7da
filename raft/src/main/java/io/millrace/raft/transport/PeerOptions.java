package io.millrace.raft.transport;

import java.time.Duration;
import java.util.Set;

/**
 * How the peer port and the connections to peers work.
 *
 * @param host where to listen
 * @param port where to listen; 0: a free one
 * @param openMethods full names of the gRPC methods that anyone may call
 * @param maxMessageBytes the largest message in either direction: the entries of one append and
 *     what goes around them
 * @param queueBytes what may wait to be sent on one lane to one peer; more is refused as busy
 * @param groupBytes what may wait to be handled for one Raft group; more is answered as busy
 * @param totalBytes the same for all groups
 * @param firstRetry how long after a failure a connection is tried again
 * @param lastRetry up to what that grows
 * @param silence after what time without a sign of life, in which this process really ran, a
 *     control connection is given up; the others after five times as long
 * @param gather how long heartbeats wait for others to go with them
 */
public record PeerOptions(
        String host,
        int port,
        Set<String> openMethods,
        int maxMessageBytes,
        long queueBytes,
        long groupBytes,
        long totalBytes,
        Duration firstRetry,
        Duration lastRetry,
        Duration silence,
        Duration gather) {

    public PeerOptions {
        openMethods = Set.copyOf(openMethods);
        if (maxMessageBytes < 64 << 10 || queueBytes < 1 || groupBytes < 1 || totalBytes < 1) {
            throw new IllegalArgumentException(
                    "maxMessageBytes must be 64 KiB or more and the queues 1 or more");
        }
        if (firstRetry.isNegative() || lastRetry.compareTo(firstRetry) < 0 || silence.isZero()) {
            throw new IllegalArgumentException(
                    "retries must rise, got " + firstRetry + " to " + lastRetry);
        }
    }

    /**
     * Greet is open to anyone; messages of 16 MiB; 32 MiB wait for a peer's lane, 16 MiB for a
     * group, 128 MiB for all; retries after 100 ms to 1 s; silence of 2 s; heartbeats wait 10 ms.
     */
    public static PeerOptions defaults(String host, int port) {
        return new PeerOptions(
                host,
                port,
                Set.of("millrace.v1.PeerService/Greet"),
                16 << 20,
                32L << 20,
                16L << 20,
                128L << 20,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(10));
    }

    /** The same with other bounds for what waits. */
    public PeerOptions withQueues(long queue, long group, long total) {
        return new PeerOptions(
                host,
                port,
                openMethods,
                maxMessageBytes,
                queue,
                group,
                total,
                firstRetry,
                lastRetry,
                silence,
                gather);
    }

    /** The same with another bound for silence. */
    public PeerOptions withSilence(Duration longest) {
        return new PeerOptions(
                host,
                port,
                openMethods,
                maxMessageBytes,
                queueBytes,
                groupBytes,
                totalBytes,
                firstRetry,
                lastRetry,
                longest,
                gather);
    }

    /** The same with another wait for heartbeats. */
    public PeerOptions withGather(Duration wait) {
        return new PeerOptions(
                host,
                port,
                openMethods,
                maxMessageBytes,
                queueBytes,
                groupBytes,
                totalBytes,
                firstRetry,
                lastRetry,
                silence,
                wait);
    }

    /** How long a lane may be silent. */
    Duration silence(Lane lane) {
        return lane == Lane.CONTROL ? silence : silence.multipliedBy(5);
    }
}
