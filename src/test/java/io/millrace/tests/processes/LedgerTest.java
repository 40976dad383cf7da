package io.millrace.tests.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tests.processes.Ledger.Stored;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger();

    @Test
    void shouldBeContentWithWhatWasAcknowledged() {
        acknowledge("k", "a", 0, 0);
        acknowledge("k", "b", 0, 1);
        acknowledge("other", "c", 1, 0);

        assertThat(problems(at(0, 0, "k", "a"), at(1, 0, "other", "c"), at(0, 1, "k", "b")))
                .isEmpty();
        assertThat(ledger.acknowledgedCount()).isEqualTo(3);
        assertThat(ledger.inFlight()).isZero();
    }

    @Test
    void shouldMissWhatWasAcknowledged() {
        acknowledge("k", "a", 0, 0);
        acknowledge("k", "b", 0, 1);

        assertThat(problems(at(0, 0, "k", "a"))).singleElement().asString().startsWith("lost: b");
    }

    @Test
    void shouldAllowBothFatesOfWhatIsUnknown() {
        ledger.sent("k", "there");
        ledger.sent("k", "not there");
        ledger.sent("k", "in flight");
        ledger.unknown("there");
        ledger.unknown("not there");

        assertThat(problems(at(0, 0, "k", "there"), at(0, 1, "k", "in flight"))).isEmpty();
        assertThat(ledger.inFlight()).isEqualTo(1);
    }

    @Test
    void shouldSeeWhatIsThereTwice() {
        acknowledge("k", "a", 0, 0);

        assertThat(problems(at(0, 0, "k", "a"), at(0, 1, "k", "a")))
                .singleElement()
                .asString()
                .startsWith("doubled: ");
    }

    @Test
    void shouldSeeWhatHasOvertaken() {
        ledger.sent("k", "a");
        ledger.sent("k", "b");

        assertThat(problems(at(0, 0, "k", "b"), at(0, 1, "k", "a")))
                .singleElement()
                .asString()
                .startsWith("out of order: ")
                .contains("value=a");
    }

    @Test
    void shouldSeeWhatIsNotWhereItWasSaidToBe() {
        acknowledge("k", "a", 0, 5);

        assertThat(problems(at(0, 0, "k", "a")))
                .singleElement()
                .asString()
                .startsWith("elsewhere: ");
    }

    @Test
    void shouldSeeWhatNobodySent() {
        assertThat(problems(at(0, 0, "k", "x")))
                .singleElement()
                .asString()
                .startsWith("invented: ");
    }

    @Test
    void shouldSeeWhatWasRefusedAndIsThere() {
        ledger.sent("k", "a");
        ledger.refused("a");

        assertThat(problems(at(0, 0, "k", "a")))
                .singleElement()
                .asString()
                .startsWith("stored though refused: ");
    }

    @Test
    void shouldSeeAnotherKey() {
        acknowledge("k", "a", 0, 0);

        assertThat(problems(at(0, 0, "q", "a")))
                .singleElement()
                .asString()
                .startsWith("mixed up: ");
    }

    @Test
    void shouldSeeAHole() {
        acknowledge("k", "a", 0, 0);
        acknowledge("k", "b", 0, 2);

        assertThat(problems(at(0, 0, "k", "a"), at(0, 2, "k", "b")))
                .singleElement()
                .asString()
                .startsWith("hole: ");
    }

    @Test
    void shouldNameSomeAndCountTheRest() {
        List<Stored> stored = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            stored.add(new Stored(0, i, "k", "v" + i));
        }

        assertThat(ledger.problems(stored)).hasSize(21).last().isEqualTo("and 80 more");
    }

    @Test
    void shouldRefuseAValueTwice() {
        ledger.sent("k", "a");

        assertThatThrownBy(() -> ledger.sent("q", "a"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void acknowledge(String key, String value, int partition, long offset) {
        ledger.sent(key, value);
        ledger.acknowledged(value, partition, offset);
    }

    private List<String> problems(Stored... stored) {
        return ledger.problems(List.of(stored));
    }

    private static Stored at(int partition, long offset, String key, String value) {
        return new Stored(partition, offset, key, value);
    }
}
