package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void shouldAlignWordsLeftAndNumbersRight() {
        final Table table = new Table().words("TOPIC").numbers("SIZE").words("NOTE");
        table.row("a", 1, "").row("longer-name", 123_456, "x");
        assertThat(table)
                .hasToString(
                        """
                        TOPIC          SIZE  NOTE
                        a                 1
                        longer-name  123456  x
                        """);
    }

    @Test
    void shouldRefuseARowOfAnotherWidth() {
        final Table table = new Table().words("A");
        assertThatThrownBy(() -> table.row(1, 2)).hasMessage("2 cells for 1 columns");
    }
}
