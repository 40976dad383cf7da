package io.millrace.broker.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class ForegroundBrokerTest {

    @Test
    void shouldSayWhatIsWrongWithAPathAndTheWayOut() {
        assertThat(ForegroundBroker.sentence(new AccessDeniedException("/data")))
                .contains("/data", "no permission", "--data-dir");
        assertThat(ForegroundBroker.sentence(new NoSuchFileException("/proc/data")))
                .contains("/proc/data", "not there", "--data-dir");
        assertThat(
                        ForegroundBroker.sentence(
                                new FileSystemException("/data", null, "Read-only file system")))
                .contains("/data", "Read-only file system");
        assertThat(ForegroundBroker.sentence(new FileSystemException("/data")))
                .doesNotContain("null");
    }
}
