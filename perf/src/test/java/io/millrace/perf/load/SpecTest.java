package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpecTest {
    private final ObjectMapper json = new ObjectMapper();
    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldBeTheSameAfterItWasWritten(Work work) throws IOException {
        Path file = directory.resolve("spec.json");
        LoadFiles.write(file, Specs.of(work));
        assertThat(LoadFiles.readSpec(file)).isEqualTo(Specs.of(work));
        assertThat(directory).isDirectoryContaining(path -> path.equals(file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topic | \"\" | topic is missing",
                "system | null | system is missing",
                "partitions | 0 | partitions is 0; it must be 1 to 10000",
                "recordBytes | 35 | recordBytes is 35; it must be 36 to 8387584",
                "lingerMs | -0.5 | lingerMs is -0.5; it must be 0 to 10000",
                "compression | \"gzip\" | compression is \"gzip\"; it must be none, lz4 or zstd",
                "publishers | 1001 | publishers is 1001; it must be 1 to 1000",
                "subscribers | 5 | subscribers is 5; the 4 partitions cannot be shared by more",
                "memoryBytes | 1000 | memoryBytes is 1000; it must be 1048576 to",
                "failovers | 1 | failovers is 1; it must be 0 to 0",
                "records | 5 | records is 5; it must be 0 to 0",
                "seconds | 0 | seconds is 0; it must be 0.1 to 86400",
                "deadlineSeconds | 0.4 | deadlineSeconds is 0.4; it must be 0.5 to",
                "work | \"REST\" | work: ",
                "durability | \"NONE\" | durability: ",
                "rate | null | rate: ",
                "colour | 3 | colour: ",
            })
    void shouldNameTheFieldThatIsWrong(String field, String value, String sentence)
            throws IOException {
        ObjectNode spec = json.valueToTree(Specs.of(Work.END_TO_END));
        spec.set(field, json.readTree(value));
        assertRefused(spec, sentence);
    }

    @Test
    void shouldNameTheFieldThatIsMissing() throws IOException {
        ObjectNode spec = json.valueToTree(Specs.of(Work.PUBLISH));
        spec.remove("batchBytes");
        assertRefused(spec, "batchBytes");
    }

    @Test
    void shouldSendOneAtATimeByOneOnly() {
        assertThatThrownBy(() -> Specs.of(Work.ONE_AT_A_TIME, 4, 100, 1, 1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rate 100; ONE_AT_A_TIME needs 1, 1 and 0");
    }

    @Test
    void shouldChangeTheLeaderOfOnePartitionAtARate() {
        assertThatThrownBy(() -> Specs.of(Work.KILL_LEADER, 2, 100, 1, 1, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "partitions is 2 and rate 100; KILL_LEADER needs 1 and a rate");
        assertThatThrownBy(() -> Specs.of(Work.MOVE_LEADER, 1, 0, 1, 1, 0, 1))
                .hasMessageContaining("partitions is 1 and rate 0; MOVE_LEADER needs 1 and a rate");
    }

    private void assertRefused(ObjectNode spec, String sentence) throws IOException {
        Path file = directory.resolve("spec.json");
        Files.write(file, json.writeValueAsBytes(spec));
        assertThatThrownBy(() -> LoadFiles.readSpec(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file + ": ")
                .hasMessageContaining(sentence);
    }
}
