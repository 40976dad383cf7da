package io.millrace.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Run with -Dmillrace.docs.write=true to write the page anew. */
class CommandReferenceTest {

    private static final Path PAGE = Path.of("../../docs/reference/cli.md");

    @Test
    void shouldNameEveryVerbAndOption() throws IOException {
        String page = CommandReference.page();
        if (Boolean.getBoolean("millrace.docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(page)
                .contains("## millrace standalone", "## millrace topic trim", "## millrace bench")
                .contains("`--key-separator=S`", "`-p, --partitions=N`");
        assertThat(PAGE).hasContent(page);
    }
}
