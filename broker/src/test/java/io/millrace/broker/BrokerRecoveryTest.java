package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.data.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recovery looks at before it does anything; the rest: {@link RecoveredClusterTest}. */
final class BrokerRecoveryTest {

    @TempDir private Path directory;

    private void refused(String told) {
        BrokerConfig config = BrokerConfig.of(Map.of("data-dir", directory.toString()));
        assertThatThrownBy(() -> BrokerRecovery.open(config)).hasMessageContaining(told);
    }

    @Test
    void shouldRefuseWhatIsNoDataDirectoryAndLeaveItAlone() throws IOException {
        refused("no data directory of a broker");
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldRefuseADirectoryOnWhichABrokerRuns() throws IOException {
        try (DataDirectory held = DataDirectory.open(directory, 4, new SecureRandom())) {
            held.join("cluster");
            refused("is in use by");
        }
    }

    @Test
    void shouldRefuseADirectoryThatBelongsToNoCluster() throws IOException {
        DataDirectory.open(directory, 4, new SecureRandom()).close();
        refused("belongs to no cluster yet");
        DataDirectory.open(directory, 4, new SecureRandom()).close(); // and gives it free
    }
}
