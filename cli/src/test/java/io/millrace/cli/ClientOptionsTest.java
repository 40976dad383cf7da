package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.choice.Candidate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

final class ClientOptionsTest {
    private final CommandFixture millrace =
            new CommandFixture().with(context -> List.of(new Asking(context)));

    @ParameterizedTest
    @CsvSource({
        "adaptive, Adaptive",
        "round-robin, RoundRobin",
        "weighted-round-robin, WeightedRoundRobin",
        "least-outstanding, LeastOutstanding",
        "least-response-time, LeastResponseTime",
        "client-hash, ClientHash"
    })
    void shouldChooseByThePolicyThatIsNamed(final String name, final String policy) {
        assertThat(millrace.run("ask", "--balance", name)).isZero();
        assertThat(millrace.settings().balance().getClass().getSimpleName()).isEqualTo(policy);
    }

    @Test
    void shouldNameThePoliciesThatThereAre() {
        assertThat(millrace.run("ask", "--balance", "random")).isEqualTo(2);
        assertThat(millrace.err())
                .contains(
                        "'random' is none of adaptive, round-robin, weighted-round-robin,"
                                + " least-outstanding, least-response-time, client-hash");
    }

    @Test
    void shouldWeighBrokers() {
        assertThat(
                        millrace.run(
                                "ask",
                                "--weight",
                                "a:1=10",
                                "--weight=[::1]:7400=100",
                                "--weight=a:2=1"))
                .isZero();
        assertThat(millrace.settings().weights())
                .isEqualTo(Map.of("a:1", 10, "[::1]:7400", 100, "a:2", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a:1", "a:1=", "a:1=x", "a:1=-1", "a:1=0", "a:1=101", "a=1", ":1=1"})
    void shouldRefuseWhatIsNoWeight(final String weight) {
        assertThat(millrace.run("ask", "--weight", weight)).isEqualTo(2);
        assertThat(millrace.err()).contains("--weight");
    }

    @Test
    void shouldSpreadClientsByTheirNames() {
        final List<Candidate> brokers =
                IntStream.range(0, 3)
                        .mapToObj(i -> new Candidate("broker-" + i, 0, 0, 0, 1))
                        .toList();
        final List<Integer> chosen =
                IntStream.range(0, 30)
                        .mapToObj(
                                i -> {
                                    millrace.run(
                                            "ask", "--balance=client-hash", "--client-name=c" + i);
                                    assertThat(millrace.settings().name()).isEqualTo("c" + i);
                                    return millrace.settings().balance().choose(brokers);
                                })
                        .toList();
        assertThat(chosen).contains(0, 1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb"})
    void shouldRefuseWhatIsNoName(final String name) {
        assertThat(millrace.run("ask", "--client-name", name)).isEqualTo(2);
        assertThat(millrace.err()).contains("--client-name");
    }

    @Test
    void shouldRefuseANameThatIsTooLong() {
        assertThat(millrace.run("ask", "--client-name", "n".repeat(201))).isEqualTo(2);
        assertThat(millrace.err()).contains("from 1 to 200 characters, has 201");
    }

    /** Asks the cluster for something. */
    @Command(name = "ask")
    private static final class Asking implements Callable<Integer> {
        private final CommandContext context;

        Asking(final CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            return context.withAdmin(Duration.ofSeconds(1), admin -> ExitCode.DONE);
        }
    }
}
