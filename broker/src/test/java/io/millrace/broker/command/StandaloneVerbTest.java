package io.millrace.broker.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class StandaloneVerbTest {

    @Test
    void shouldSayWhatIsWrongWithAPathAndTheWayOut() {
        assertThat(StandaloneVerb.sentence(new AccessDeniedException("/data")))
                .contains("/data", "no permission", "--data-dir");
        assertThat(StandaloneVerb.sentence(new NoSuchFileException("/proc/data")))
                .contains("/proc/data", "not there", "--data-dir");
        assertThat(
                        StandaloneVerb.sentence(
                                new FileSystemException("/data", null, "Read-only file system")))
                .contains("/data", "Read-only file system");
        assertThat(StandaloneVerb.sentence(new FileSystemException("/data")))
                .doesNotContain("null");
    }
}
