package io.millrace.tests.processes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Bytes in are bytes out, through the launcher as it is shipped. */
@Timeout(value = 5, unit = MINUTES)
class MillionLinesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension static final Brokers BROKERS = new Brokers();

    @TempDir static Path directory;
    private static Distribution distribution;
    private static StandaloneBroker broker;

    @BeforeAll
    static void start() throws Exception {
        Path unpacked = Files.createDirectories(directory.resolve("distribution"));
        distribution = Distribution.unpack(unpacked);
        broker = BROKERS.start(directory, "-c", "wal.segment-bytes=16MiB");
    }

    @Test
    void shouldGiveBackTheSameLinesInOrder() throws Exception {
        byte[] lines = lines(Effort.lines());
        succeed(new byte[0], "topic", "create", "numbers", "-p", "1");

        ToolRun.Result published = succeed(lines, "publish", "numbers");

        assertThat(published.stderr())
                .contains("acknowledged %d, not applied 0, unknown 0".formatted(Effort.lines()));
        assertThat(published.stdout()).isEmpty();
        ToolRun.Result all = all("numbers");
        assertThat(Arrays.mismatch(all.stdout(), lines)).as("first difference").isEqualTo(-1);
    }

    @Test
    void shouldEndAtOnceAtAnEmptyTopic() throws Exception {
        succeed(new byte[0], "topic", "create", "empty", "-p", "3");

        assertThat(all("empty").stdout()).isEmpty();
    }

    @Test
    void shouldKeepEveryByteOfEveryLine() throws Exception {
        byte[] all = new byte[256 * 3];
        for (int i = 0; i < 256; i++) {
            all[3 * i] = (byte) i;
            all[3 * i + 1] = '\r';
            all[3 * i + 2] = '\n';
        }
        byte[] odd = "\n\n\r\n \u00ff\u00fe\u0000\t\ntrailing blanks  \n\n".getBytes(ISO_8859_1);
        succeed(new byte[0], "topic", "create", "bytes", "-p", "1");

        succeed(all, "publish", "bytes");
        succeed(odd, "publish", "bytes");

        assertThat(all("bytes").stdout()).isEqualTo(concat(all, odd));
    }

    /** A line that is not ended is a record all the same; what comes out is ended. */
    @Test
    void shouldTakeAnUnterminatedLastLine() throws Exception {
        succeed(new byte[0], "topic", "create", "unterminated", "-p", "1");

        succeed("first\nlast".getBytes(US_ASCII), "publish", "unterminated");
        succeed(new byte[0], "publish", "unterminated");

        assertThat(all("unterminated").stdout()).isEqualTo("first\nlast\n".getBytes(US_ASCII));
    }

    private static byte[] lines(int count) throws IOException, InterruptedException {
        Process seq = new ProcessBuilder("seq", "1", Integer.toString(count)).start();
        try (InputStream output = seq.getInputStream()) {
            return output.readAllBytes();
        } finally {
            seq.waitFor();
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    private static ToolRun.Result all(String topic) throws Exception {
        return succeed(new byte[0], "subscribe", topic, "--from", "earliest", "--exit-at-end");
    }

    private static ToolRun.Result succeed(byte[] input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(distribution.millrace(arguments));
        Map<String, String> environment =
                Map.of("MILLRACE_SERVER", broker.address(), "LC_ALL", "C");
        try (ToolRun run = ToolRun.start(directory, directory, environment, command)) {
            ToolRun.Result result = run.finish(input, PATIENCE);
            assertThat(result.exit()).as("%s: %s", List.of(arguments), result).isZero();
            return result;
        }
    }
}
