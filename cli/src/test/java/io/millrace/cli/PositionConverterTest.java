package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.subscribe.Position;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class PositionConverterTest {
    private final PositionConverter converter =
            new PositionConverter(
                    Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC));

    @Test
    void shouldReadNamesAndOffsets() {
        assertThat(converter.convert("earliest")).isEqualTo(Position.earliest());
        assertThat(converter.convert("latest")).isEqualTo(Position.latest());
        assertThat(converter.convert("0")).isEqualTo(Position.offset(0));
        assertThat(converter.convert("123456789012")).isEqualTo(Position.offset(123_456_789_012L));
    }

    @ParameterizedTest
    @CsvSource({
        "@0, 1970-01-01T00:00:00Z",
        "@1795341600000, 2026-11-22T10:00:00Z",
        "@2026-11-22T10:00:00Z, 2026-11-22T10:00:00Z",
        "@2026-11-22T10:00:00.250Z, 2026-11-22T10:00:00.250Z",
        "@2026-11-22T10:00:00+02:00, 2026-11-22T08:00:00Z",
        "@2026-11-22T10:00, 2026-11-22T10:00:00Z",
        "@2026-11-22, 2026-11-22T00:00:00Z",
        "@-1h, 2026-11-22T11:00:00Z",
        "@-1d30m, 2026-11-21T11:30:00Z",
        "@-99999d, 1970-01-01T00:00:00Z",
        "@1960-01-01, 1970-01-01T00:00:00Z"
    })
    void shouldReadTimes(final String text, final Instant time) {
        assertThat(converter.convert(text)).isEqualTo(Position.time(time));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "Earliest",
                "1.5",
                "@",
                "@yesterday",
                "@2026-13-01",
                "@-1",
                "@-",
                "@1h",
                "@2026-11-22 10:00",
                "9999999999999999999"
            })
    void shouldRefuseAnythingElse(final String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class);
    }
}
