package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.raft.RaftListener;
import io.millrace.raft.Shard;
import io.millrace.raft.wal.WalOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process with three busy shards and many checkpoints is killed, again and again. */
@Timeout(120)
final class KilledEngineTest {

    private static final int SHARDS = 3;
    private static final int ROUNDS = 4;

    @TempDir Path directory;

    @Test
    void shouldKeepEverythingAcknowledgedBeforeTheKill() throws Exception {
        long seed = new SecureRandom().nextLong();
        Random random = new Random(seed);
        List<List<String>> acknowledged = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            acknowledged.add(new ArrayList<>());
        }
        for (int round = 0; round < ROUNDS; round++) {
            runUntilKilled(round, 50 + random.nextInt(1_500), acknowledged);
            assertNothingLost(acknowledged, "seed " + seed + ", round " + round);
        }
    }

    private void runUntilKilled(int round, int acks, List<List<String>> acknowledged)
            throws IOException, InterruptedException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "-cp",
                                classPath,
                                Child.class.getName(),
                                directory.toString(),
                                Integer.toString(round))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader lines = process.inputReader()) {
            String line = "";
            for (int i = 0; i < acks && line != null; i++) {
                line = read(lines, acknowledged);
            }
            // By its handle: the process itself would close the stream with what is still in it.
            process.toHandle().destroyForcibly();
            while (line != null) {
                line = read(lines, acknowledged);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Only whole lines count: the last one may be cut by the kill. */
    private static String read(BufferedReader lines, List<List<String>> acknowledged)
            throws IOException {
        String line = lines.readLine();
        if (line != null && line.endsWith(";")) {
            String[] parts = line.substring(0, line.length() - 1).split(" ");
            acknowledged.get(Integer.parseInt(parts[0])).add(parts[1]);
        }
        return line;
    }

    private void assertNothingLost(List<List<String>> acknowledged, String when) throws Exception {
        try (RaftEngine engine = Child.open(directory)) {
            for (int shard = 0; shard < SHARDS; shard++) {
                LineMachine machine = new LineMachine();
                Bench.lead(engine.start(Bench.spec(shard, Bench.REPLICA, true), machine));
                assertThat(machine.lines).as(when).doesNotHaveDuplicates();
                assertThat(machine.lines).as(when).containsSubsequence(acknowledged.get(shard));
            }
        }
    }

    /** The process that is killed: acknowledges on stdout what was applied. */
    static final class Child {

        private Child() {}

        static RaftEngine open(Path directory) throws IOException {
            return RaftEngine.open(
                    RaftEngineOptions.defaults(directory, "kill", 1)
                            .withCheckpoints(5_000, Duration.ofHours(1)),
                    WalOptions.defaults().withSegments(1 << 20, 1, 64L << 20),
                    new RaftListener() {},
                    System::nanoTime,
                    new SecureRandom());
        }

        public static void main(String[] arguments) throws Exception {
            RaftEngine engine = open(Path.of(arguments[0]));
            List<Shard> shards = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                shards.add(
                        Bench.lead(
                                engine.start(
                                        Bench.spec(shard, Bench.REPLICA, true),
                                        new LineMachine())));
            }
            List<Line> window = new ArrayList<>();
            for (int i = 0; ; i++) {
                for (Shard shard : shards) {
                    Line line = new Line(arguments[1] + "." + i);
                    shard.propose(line, shard.leadingTerm());
                    window.add(line);
                }
                if (window.size() == 30) {
                    acknowledge(window);
                }
            }
        }

        private static void acknowledge(List<Line> window) {
            for (int i = 0; i < window.size(); i++) {
                Line line = window.get(i);
                if (!line.result().equals("applied")) {
                    throw new IllegalStateException(
                            line.text() + " was not applied: " + line.result());
                }
                System.out.println(i % SHARDS + " " + line.text() + ";");
            }
            System.out.flush();
            window.clear();
        }
    }
}
