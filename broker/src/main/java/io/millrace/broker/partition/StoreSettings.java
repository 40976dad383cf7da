package io.millrace.broker.partition;

import java.nio.file.Path;

/**
 * Where partition logs live and what they may use.
 *
 * @param directory the store's own directory; created if there is none
 * @param maxOpenSegments segments that are kept open (up to four file descriptors and two maps
 *     each); more are open only while that many threads are inside a call
 * @param reserveBytes free space of the disk that appends leave alone
 * @param forcesPerSecond background forces of files per second, at most
 * @param forceAgeMs how long a write waits before the background forces it, in milliseconds
 * @param idleCloseMs after this long without use a segment is closed, in milliseconds
 */
public record StoreSettings(
        Path directory,
        int maxOpenSegments,
        long reserveBytes,
        int forcesPerSecond,
        long forceAgeMs,
        long idleCloseMs) {

    /** 500 open segments, 20 forces a second after one second, idle ones closed after 5 minutes. */
    public static StoreSettings of(Path directory, long reserveBytes) {
        return new StoreSettings(directory, 500, reserveBytes, 20, 1_000, 300_000);
    }

    public StoreSettings {
        if (maxOpenSegments < 1) {
            throw new IllegalArgumentException(
                    "maxOpenSegments must be 1 or more, not " + maxOpenSegments);
        }
        if (forcesPerSecond < 1 || forcesPerSecond > 1_000_000) {
            throw new IllegalArgumentException(
                    "forcesPerSecond must be between 1 and 1,000,000, not " + forcesPerSecond);
        }
        if (reserveBytes < 0 || forceAgeMs < 0 || idleCloseMs < 0) {
            throw new IllegalArgumentException(
                    "reserveBytes, forceAgeMs and idleCloseMs must be 0 or more: "
                            + reserveBytes
                            + ", "
                            + forceAgeMs
                            + ", "
                            + idleCloseMs);
        }
    }
}
