package io.millrace.broker.command.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoInputTest {

    @TempDir Path directory;

    @Test
    void shouldHaveEventsOfItsOwn() throws IOException {
        DemoInput bundled = DemoInput.bundled();

        assertThat(bundled.events()).hasSizeGreaterThan(1_000);
        assertThat(bundled.events()).allSatisfy(event -> assertThat(event.key()).isNotEmpty());
    }

    @Test
    void shouldTakeLinesAsTheyAre() throws IOException {
        DemoInput input = read("{\"k\": \"ä\", \"n\":1}\r\n\n  \n{\"k\":7}");

        assertThat(input.events()).extracting(DemoEvent::key).containsExactly("ä", "7");
        assertThat(input.events()).extracting(DemoEvent::number).containsExactly(0, 1);
        assertThat(input.events().get(0).line())
                .isEqualTo("{\"k\": \"ä\", \"n\":1}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldNameTheLineThatIsWrong() {
        assertRefused("{\"k\":1}\nnot json\n", "line 2", "not JSON");
        assertRefused("{\"k\":1}\n\n[1]\n", "line 3", "no JSON object");
        assertRefused("{\"other\":1}\n", "line 1", "\"k\"", "--key");
        assertRefused("{\"k\":{}}\n", "line 1", "\"k\"");
        assertRefused("{\"k\":null}\n", "line 1", "\"k\"");
        assertRefused("\n\n", "no lines");
        assertRefused("{\"k\":1}\n\"" + "x".repeat(600_000), "line 2", "524,288");
    }

    @Test
    void shouldRefuseBytesThatAreNotUtf8RatherThanPublishOthers() throws IOException {
        Path file = directory.resolve("latin1");
        Files.write(file, "{\"k\":\"ä\"}\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> DemoInput.of(file, "k"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("UTF-8");
    }

    @Test
    void shouldRefuseWhatIsNoFile() {
        assertThatThrownBy(() -> DemoInput.of(directory, "k"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> DemoInput.of(directory.resolve("none"), "k"))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("no file");
    }

    private DemoInput read(String text) throws IOException {
        return DemoInput.of(Files.writeString(directory.resolve("input"), text), "k");
    }

    private void assertRefused(String text, String... words) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(CommandException.class)
                .hasMessageContainingAll(words);
    }
}
