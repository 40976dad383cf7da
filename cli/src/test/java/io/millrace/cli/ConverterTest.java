package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ConverterTest {
    @ParameterizedTest
    @CsvSource({
        "0s, PT0S",
        "500ms, PT0.5S",
        "10s, PT10S",
        "1.5s, PT1.5S",
        "0.25h, PT15M",
        "1h30m, PT90M",
        "7d, PT168H",
        "1d1h1m1s1ms, PT25H1M1.001S"
    })
    void shouldReadDurations(final String text, final Duration duration) {
        assertThat(new DurationConverter().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "-1s",
                "1w",
                "1 s",
                "1s ",
                "1h,30m",
                "1.s",
                "PT5S",
                "999999999999999d"
            })
    void shouldRefuseWhatIsNoDuration(final String text) {
        assertThatThrownBy(() -> new DurationConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1024, 1024",
        "1B, 1",
        "1kB, 1000",
        "1KiB, 1024",
        "64 KiB, 65536",
        "1mib, 1048576",
        "1MB, 1000000",
        "1GiB, 1073741824",
        "2TiB, 2199023255552",
        "8388607TiB, 9223370937343148032"
    })
    void shouldReadSizes(final String text, final long bytes) {
        assertThat(new BytesConverter().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "KiB",
                "-1",
                "1.5G",
                "1X",
                "1k",
                "1Ki",
                "8388608TiB",
                "1KiBB",
                "9999999999999999999"
            })
    void shouldRefuseWhatIsNoSize(final String text) {
        assertThatThrownBy(() -> new BytesConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }
}
