package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends is killed, and what its last checkpoint says is opened again. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class PartitionLogKillTest {

    private static final SegmentLimits LIMITS = new SegmentLimits(1 << 20, 1L << 40, 64 * 1024);

    @TempDir Path directory;

    @Test
    void shouldReopenWhatACheckpointSaysAfterKill() throws Exception {
        LogState state = LogState.EMPTY;
        for (int life = 0; life < 2; life++) {
            state = appendUntilKilled(state, 2 + life);
            try (ChroniclePartitionLogStore store = openStore(directory)) {
                PartitionLog log = store.open(1, LIMITS, state);
                store.discardUnknown();
                try (LogReader reader = log.reader(0)) {
                    Batches.check(reader.read(Integer.MAX_VALUE), 0, state.endOffset());
                }
                Batches.append(log, 3, 2, 3_000);
                state = log.state();
                store.force(1, state);
            }
        }
    }

    private static ChroniclePartitionLogStore openStore(Path directory) throws IOException {
        return ChroniclePartitionLogStore.open(StoreSettings.of(directory, 0), System::nanoTime);
    }

    /** Starts a process, waits for some checkpoints, kills it, and answers the last one. */
    private LogState appendUntilKilled(LogState from, int checkpoints) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add") || argument.startsWith("-Dchr"))
                .forEach(command::add);
        command.addAll(
                List.of(
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appending.class.getName(),
                        directory.toString(),
                        StateText.write(from)));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        LogState last = null;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.US_ASCII))) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("state ") && line.endsWith(" end")) {
                    last = StateText.read(line.substring(6, line.length() - 4));
                    if (++seen == checkpoints) {
                        // Process.destroyForcibly would close what is still to be read.
                        process.toHandle().destroyForcibly();
                    }
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).isEqualTo(137);
        return last;
    }

    /** Appends for ever and prints a state that is forced now and then. */
    static final class Appending {

        private Appending() {}

        public static void main(String[] arguments) throws IOException {
            ChroniclePartitionLogStore store = openStore(Path.of(arguments[0]));
            PartitionLog log = store.open(1, LIMITS, StateText.read(arguments[1]));
            store.discardUnknown();
            while (true) {
                Batches.append(log, 40, 2, 3_000);
                LogState state = log.state();
                store.force(1, state);
                System.out.println("state " + StateText.write(state) + " end");
            }
        }
    }

    /** A state as one line. */
    private static final class StateText {

        private StateText() {}

        static String write(LogState state) {
            StringBuilder line = new StringBuilder();
            line.append(state.startOffset()).append(',').append(state.endOffset());
            line.append(',').append(state.nextSegmentNumber());
            for (SegmentState segment : state.segments()) {
                line.append(';').append(segment.number()).append(',').append(segment.baseOffset());
                line.append(',').append(segment.endOffset());
                line.append(',').append(segment.excerptCount());
                line.append(',').append(segment.sizeBytes());
                line.append(',').append(segment.firstAppendTimeMs());
                line.append(',').append(segment.lastAppendTimeMs());
            }
            return line.toString();
        }

        static LogState read(String line) {
            String[] parts = line.split(";");
            long[] log = numbers(parts[0]);
            List<SegmentState> segments = new ArrayList<>();
            for (int i = 1; i < parts.length; i++) {
                long[] n = numbers(parts[i]);
                segments.add(new SegmentState(n[0], n[1], n[2], n[3], n[4], n[5], n[6]));
            }
            return new LogState(log[0], log[1], log[2], segments);
        }

        private static long[] numbers(String list) {
            return List.of(list.split(",")).stream().mapToLong(Long::parseLong).toArray();
        }
    }
}
