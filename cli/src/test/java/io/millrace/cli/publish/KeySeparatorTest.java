package io.millrace.cli.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class KeySeparatorTest {
    @ParameterizedTest
    @CsvSource({
        ":, a:b, a, b",
        ":, a:b:c, a, b:c",
        ":, :b, '', b",
        ":, a:, a, ''",
        ":, :, '', ''",
        "::, a:b::c, a:b, c",
        "==>, k=a==>v, k=a, v",
        "ä, xäy, x, y"
    })
    void shouldSplitAtTheFirst(
            final String separator, final String line, final String key, final String value) {
        final KeySeparator.Split split = new KeySeparator(separator).split(line.getBytes(UTF_8), 1);
        assertThat(split.key()).isEqualTo(key.getBytes(UTF_8));
        assertThat(split.value()).isEqualTo(value.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", ":", "a:"})
    void shouldNameTheLineWithout(final String line) {
        assertThatThrownBy(() -> new KeySeparator("::").split(line.getBytes(UTF_8), 17))
                .isInstanceOf(CommandException.class)
                .hasMessageStartingWith("line 17 has no key separator '::'");
    }

    @Test
    void shouldReadTabsAndRefuseWhatCanNeverBeFound() {
        final KeySeparator.Converter converter = new KeySeparator.Converter();
        assertThat(converter.convert("\\t").split("a\tb".getBytes(UTF_8), 1).key())
                .isEqualTo("a".getBytes(UTF_8));
        assertThatThrownBy(() -> converter.convert("")).isInstanceOf(TypeConversionException.class);
        assertThatThrownBy(() -> converter.convert("a\n"))
                .isInstanceOf(TypeConversionException.class);
    }
}
