package io.millrace.cli.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LineReaderTest {
    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "a, a",
        "'a~', a",
        "'a~~', 'a|'",
        "'~', ''",
        "'~~', '|'",
        "'a~b', 'a|b'",
        "'a\r~b\r~', 'a\r|b\r'",
        "'\r', '\r'"
    })
    void shouldCutAtLineFeedsOnly(final String text, final String lines) throws IOException {
        final byte[] bytes = text.replace('~', '\n').getBytes(ISO_8859_1);
        final List<String> found = lines(new ByteArrayInputStream(bytes), 100);
        assertThat(String.join("|", found)).isEqualTo(lines);
        assertThat(found.isEmpty()).isEqualTo(text.isEmpty());
    }

    @Test
    void shouldKeepEveryByte() throws IOException {
        final byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        assertThat(String.join("\n", lines(new ByteArrayInputStream(bytes), 300)))
                .isEqualTo(new String(bytes, ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100_000})
    void shouldNotCareHowTheBytesArrive(final int chunk) throws IOException {
        final Random random = new Random(chunk);
        final List<String> lines = new ArrayList<>();
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            final String line = "x".repeat(random.nextInt(2_000));
            lines.add(line);
            text.append(line).append('\n');
        }
        final InputStream in = slow(text.toString().getBytes(ISO_8859_1), chunk);
        assertThat(lines(in, 2_000)).isEqualTo(lines);
    }

    @Test
    void shouldTakeALineAsLongAsAllowed() throws IOException {
        final String longest = "x".repeat(1 << 20);
        final InputStream in =
                new ByteArrayInputStream((longest + "\n" + longest).getBytes(ISO_8859_1));
        assertThat(lines(in, 1 << 20)).containsExactly(longest, longest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok\n12345\nno", "ok\n12345", "ok\n123456789012345678901234567890"})
    void shouldNameTheLineThatIsTooLong(final String text) {
        final InputStream in = new ByteArrayInputStream(text.getBytes(ISO_8859_1));
        assertThatThrownBy(() -> lines(in, 4))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("line 2 is longer than 4 bytes");
    }

    @Test
    void shouldRefuseAnEndlessLineWithoutHoldingIt() {
        final InputStream endless =
                new InputStream() {
                    private long given;

                    @Override
                    public int read() {
                        return given++ < 1L << 20 ? 'x' : fail();
                    }

                    private int fail() {
                        throw new AssertionError("read on beyond the limit");
                    }
                };
        assertThatThrownBy(() -> lines(endless, 1 << 16)).isInstanceOf(CommandException.class);
    }

    private static List<String> lines(final InputStream in, final int max) throws IOException {
        final LineReader reader = new LineReader(in, max);
        final List<String> lines = new ArrayList<>();
        for (byte[] line = reader.next(); line != null; line = reader.next()) {
            lines.add(new String(line, ISO_8859_1));
            assertThat(reader.line()).isEqualTo(lines.size());
        }
        return lines;
    }

    private static InputStream slow(final byte[] bytes, final int chunk) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(final byte[] to, final int offset, final int length) {
                return super.read(to, offset, Math.min(chunk, length));
            }
        };
    }
}
