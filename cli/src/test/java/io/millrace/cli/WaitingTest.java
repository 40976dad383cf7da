package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WaitingTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(err, true, UTF_8);

    @Test
    void shouldSayWhatIsWaitedFor() {
        final Waiting waiting = new Waiting(stream, Duration.ofMillis(1), () -> "for you");
        await().until(() -> err.toString(UTF_8).equals("for you\n"));
        waiting.close();
    }

    @Test
    void shouldStayQuietWhenItIsShort() {
        final Waiting waiting =
                new Waiting(
                        stream,
                        Duration.ofDays(1),
                        () -> {
                            throw new AssertionError("asked for the text");
                        });
        waiting.close();
        assertThat(err.size()).isZero();
    }
}
