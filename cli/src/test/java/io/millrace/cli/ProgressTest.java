package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong(-5);

    @Test
    void shouldRewriteOneLineOnATerminalAndRemoveItAtTheEnd() {
        try (Progress progress = progress(Console.Terminal.of(true, true, () -> 10))) {
            progress.show(() -> "too early");
            pass(Duration.ofMillis(200));
            progress.show(() -> "one");
            progress.show(() -> "too early");
            pass(Duration.ofMillis(200));
            progress.show(() -> "longer than the screen");
        }
        assertThat(err.toString(UTF_8)).isEqualTo("\r\u001b[Kone\r\u001b[Klonger th\r\u001b[K");
    }

    @Test
    void shouldWriteLinesNowAndThenElsewhere() {
        try (Progress progress = progress(Console.Terminal.NONE)) {
            for (int second = 1; second <= 25; second++) {
                pass(Duration.ofSeconds(1));
                final String text = second + " s";
                progress.show(() -> text);
            }
        }
        assertThat(err.toString(UTF_8).lines()).containsExactly("10 s", "20 s");
    }

    @Test
    void shouldStayQuietWhenWorkIsShort() {
        try (Progress progress = progress(Console.Terminal.of(true, true, () -> 80))) {
            progress.show(() -> "too early");
        }
        assertThat(err.size()).isZero();
    }

    private Progress progress(final Console.Terminal terminal) {
        final Console console =
                new Console(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintStream(err, true, UTF_8),
                        terminal);
        return new Progress(console, nanos::get);
    }

    private void pass(final Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
