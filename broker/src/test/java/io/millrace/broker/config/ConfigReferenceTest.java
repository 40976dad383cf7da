package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Run with -Dmillrace.docs.write=true to write the files anew. */
final class ConfigReferenceTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path SAMPLE = ROOT.resolve("deploy/src/dist/conf/millrace.yaml");

    @TempDir private Path temporary;

    @Test
    void shouldMatchTheBrokerPage() throws IOException {
        matches(ROOT.resolve("docs/reference/config.md"), ConfigReference.brokerPage());
    }

    @Test
    void shouldMatchTheTopicPage() throws IOException {
        matches(ROOT.resolve("docs/reference/topic-config.md"), ConfigReference.topicPage());
    }

    @Test
    void shouldMatchTheClusterPage() throws IOException {
        matches(ROOT.resolve("docs/reference/cluster-config.md"), ConfigReference.clusterPage());
    }

    @Test
    void shouldMatchTheGroupPage() throws IOException {
        matches(ROOT.resolve("docs/reference/group-config.md"), ConfigReference.groupPage());
    }

    @Test
    void shouldMatchTheSampleFile() throws IOException {
        matches(SAMPLE, ConfigReference.sampleFile());
    }

    @Test
    void shouldShowDefaultsThatCanBeReadWhenUncommented() throws IOException {
        String uncommented = Files.readString(SAMPLE).replaceAll("(?m)^#([a-z])", "$1");
        Path file = Files.writeString(temporary.resolve("all.yaml"), uncommented);

        assertThat(SettingsFile.read(file))
                .containsOnlyKeys(BrokerKeys.KEYS.names().toArray(String[]::new));
        assertThat(BrokerConfigReader.read(Optional.of(file), Map.of(), List.of()))
                .isEqualTo(BrokerConfig.defaults());
        assertThat(BrokerConfigReader.read(Optional.of(SAMPLE), Map.of(), List.of()))
                .isEqualTo(BrokerConfig.defaults());
    }

    private static void matches(Path file, String generated) throws IOException {
        if (Boolean.getBoolean("millrace.docs.write")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, generated);
        }
        assertThat(file).hasContent(generated);
    }
}
