package io.millrace.client.subscribe;

import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Brokers that could be read from and could not when a stream was chosen: they have come back, or
 * are new. Without them being looked for, whoever has left a broker would stay away for ever.
 *
 * <p>Gentle by design: a broker counts when two looks in a row have found it there, connected; a
 * look finds at most one stream to choose anew; looks are far apart, with jitter, so that the
 * subscribers of a cluster do not come at once. Pure; guarded by its owner's lock.
 */
final class Newcomers {
    private final long intervalNanos;
    private final RandomGenerator random;
    private final Function<SubscribeStream, Set<String>> available;
    private Set<String> seen = Set.of();

    /**
     * @param intervalNanos the mean time between two looks, 2 or more
     * @param available the brokers that could serve a stream now
     */
    Newcomers(
            long intervalNanos,
            RandomGenerator random,
            Function<SubscribeStream, Set<String>> available) {
        this.intervalNanos = intervalNanos;
        this.random = random;
        this.available = available;
    }

    /** When to look next: in half of the interval to one and a half of it, in nanoseconds. */
    long nextLookNanos() {
        return intervalNanos / 2 + random.nextLong(intervalNanos);
    }

    /** Brokers that may be newcomers to some stream. */
    Set<String> candidates(Collection<SubscribeStream> streams) {
        return streams.stream()
                .flatMap(stream -> candidates(stream).stream())
                .collect(Collectors.toSet());
    }

    /**
     * Looks for a stream that newcomers could take a share of.
     *
     * @param connected those of the candidates that there is a connection to
     */
    Optional<SubscribeStream> look(Collection<SubscribeStream> streams, Set<String> connected) {
        Set<String> before = seen;
        seen = Set.copyOf(connected);
        return streams.stream()
                .filter(
                        stream ->
                                candidates(stream).stream()
                                        .anyMatch(it -> seen.contains(it) && before.contains(it)))
                .findFirst();
    }

    private Set<String> candidates(SubscribeStream stream) {
        if (!stream.isStarted()) {
            return Set.of();
        }
        Set<String> candidates = new HashSet<>(available.apply(stream));
        candidates.removeIf(stream::wasChosenFrom);
        return candidates;
    }
}
