package io.millrace.tests.costs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.MillraceClient;
import io.millrace.tests.processes.Brokers;
import io.millrace.tests.processes.StandaloneBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Budgets of the system calls of a broker for 1,000 records of 1 KiB in batches of 64 KiB, and of
 * its threads.
 */
@Timeout(180)
final class SystemCallsTest {

    private static final int RECORDS = 16 * 1024;
    private static final int ALONE = 100;
    private static final int MAX_THREADS = 150;

    private static final Set<String> FORCES =
            Set.of("fsync", "fdatasync", "msync", "sync_file_range");
    private static final Set<String> WRITES =
            Set.of("write", "writev", "pwrite64", "pwritev", "sendto", "sendmsg");
    private static final Set<String> READS =
            Set.of("read", "readv", "pread64", "recvfrom", "recvmsg", "lseek", "fstat");

    /** How threads wait for each other and wake each other up, besides writes to an eventfd. */
    private static final Set<String> WAITS = Set.of("futex", "epoll_wait", "epoll_pwait2");

    /**
     * The threads that a batch passes until it is acknowledged. Others force too, by the clock:
     * what the partition's log holds, once a second, and the zeroes of segments that wait to be
     * written.
     */
    private static final Set<String> STORING =
            Set.of("grpc-default-wo", "wal-writer", "JRaft-", "millrace-");

    private static final Set<String> JOURNAL = Set.of("wal-writer");

    /** The threads that read the log and those that write to sockets. */
    private static final Set<String> SERVING = Set.of("millrace-reader", "grpc-default-wo");

    @RegisterExtension static final Brokers brokers = new Brokers();

    @TempDir Path directory;

    @Test
    void shouldKeepToItsBudgets() throws Exception {
        StandaloneBroker broker = brokers.start(directory);
        try (MillraceClient client = MillraceClient.connect(broker.address());
                Traffic traffic = new Traffic(client)) {
            traffic.publish(RECORDS);
            traffic.read(RECORDS);

            SystemCalls calls = SystemCalls.ofThreads(broker.pid(), STORING, directory);
            traffic.publish(RECORDS);
            Map<String, Long> published = calls.stop();
            check("publishing", published, RECORDS, FORCES, 18);
            check("publishing", published, RECORDS, WRITES, 80);

            calls = SystemCalls.of(broker.pid(), directory);
            traffic.read(2 * RECORDS);
            Map<String, Long> read = calls.stop();
            check("reading the log", read, 2 * RECORDS, READS, 60);

            calls = SystemCalls.ofThreads(broker.pid(), SERVING, directory);
            traffic.read(2 * RECORDS);
            check("reading the log", calls.stop(), 2 * RECORDS, WAITS, 32);

            calls = SystemCalls.of(broker.pid(), directory);
            traffic.follow(RECORDS);
            check("publishing and following", calls.stop(), RECORDS, READS, 250);

            assertThat(threads(broker)).as("threads").isBetween(10, MAX_THREADS);
        }
    }

    /** That each force comes first is shown on a disk in memory: here, that it is made at all. */
    @Test
    void shouldForceTheJournalForEachRecordThatIsAcknowledgedAlone() throws Exception {
        StandaloneBroker broker = brokers.start(directory);
        try (MillraceClient client = MillraceClient.connect(broker.address());
                Traffic traffic = new Traffic(client)) {
            traffic.publish(1);

            SystemCalls calls = SystemCalls.ofThreads(broker.pid(), JOURNAL, directory);
            for (int record = 0; record < ALONE; record++) {
                traffic.publish(1);
            }
            Map<String, Long> counted = calls.stop();

            assertThat(counted.getOrDefault("fdatasync", 0L) + counted.getOrDefault("fsync", 0L))
                    .as("forces for %d records one by one; all calls: %s", ALONE, counted)
                    .isGreaterThanOrEqualTo(ALONE);
        }
    }

    private static void check(
            String what, Map<String, Long> calls, int records, Set<String> names, int most) {
        double sum =
                calls.entrySet().stream()
                        .filter(call -> names.contains(call.getKey()))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        double each = sum * 1_000 / records;
        System.out.printf("%s: %.1f of %s for 1,000 records%n", what, each, names);
        assertThat(each)
                .as("%s, of %s for 1,000 records; all calls: %s", what, names, calls)
                .isBetween(0.1, (double) most);
    }

    private static int threads(StandaloneBroker broker) throws Exception {
        return Files.readAllLines(Path.of("/proc", Long.toString(broker.pid()), "status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
