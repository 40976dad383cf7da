package io.millrace.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundStoreTest {

    @TempDir Path directory;

    private final Plan plan = plan(1);

    @Test
    void shouldGoOnAfterTheLastWholeRound() throws IOException {
        RoundResult result = result();
        RoundStore.open(directory, plan).save(result);

        RoundStore reopened = RoundStore.open(directory, plan(1));

        assertThat(reopened.find(1)).contains(result);
        assertThat(reopened.find(2)).isEmpty();
        assertThat(directory).isDirectoryNotContaining(file -> file.toString().endsWith(".tmp"));
    }

    @Test
    void shouldRefuseTheRoundsOfAnotherPlan() throws IOException {
        RoundStore.open(directory, plan).save(result());

        assertThatThrownBy(() -> RoundStore.open(directory, plan(2)))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("--out");
    }

    @Test
    void shouldDoARoundAgainWhoseFileIsTorn() throws IOException {
        RoundStore store = RoundStore.open(directory, plan);
        store.save(result());
        Path file = directory.resolve("round-001.json");
        byte[] whole = Files.readAllBytes(file);

        for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(store.find(1)).as("%d bytes", length).isEmpty();
        }
        Files.write(file, new byte[whole.length]);
        assertThat(store.find(1)).as("zeros").isEmpty();
    }

    @Test
    void shouldWriteWhatIsToldOfAllRounds() throws IOException {
        RoundStore.open(directory, plan).save(Comparison.of(plan, List.of(result())));

        assertThat(directory.resolve("comparison.json")).content().contains("\"verdicts\"");
        assertThat(directory.resolve("comparison.html")).content().contains("</html>");
    }

    private RoundResult result() {
        Step step = plan.rounds().get(0).steps().get(0);
        return Results.round(1, "millrace", Results.step(step, 50_000, 12.5, 1));
    }

    private static Plan plan(int rounds) {
        return Plan.of(new Plan.Wish(true, rounds, 1, "1g", List.of()));
    }
}
