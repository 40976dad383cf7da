package io.millrace.broker.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.batch.Header;
import io.millrace.protocol.batch.Record;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeadLetterCopyTest {

    private static final DeadLetterCopy COPY =
            new DeadLetterCopy(
                    new DeadLetterOrigin("orders", -2, 3, 99),
                    "bad date",
                    10,
                    1_234,
                    new Record(5, null, new byte[] {1}, List.of(Header.ofText("trace", "t"))));

    @Test
    void shouldReadWhatItWrites() {
        assertThat(DeadLetterCopy.read(COPY.asRecord())).contains(COPY);
    }

    @Test
    void shouldKeepWhatIsToldOfAnEarlierTime() {
        DeadLetterCopy again =
                new DeadLetterCopy(
                        new DeadLetterOrigin("billing.dlq", 7, 0, 1),
                        "worse",
                        2,
                        5_000,
                        COPY.asRecord());

        assertThat(DeadLetterCopy.read(again.asRecord())).contains(again);
    }

    @ParameterizedTest
    @CsvSource({
        "1,x",
        "1,''",
        "2,-1",
        "2,99999999999",
        "3,-1",
        "3,1.5",
        "5,",
        "5,many",
        "6,-5",
        "0,"
    })
    void shouldNotTakeOtherRecordsForDeadLetters(int header, String value) {
        List<Header> headers = new ArrayList<>(COPY.asRecord().headers());
        String name = headers.get(header).name();
        headers.set(header, value == null ? new Header(name, null) : Header.ofText(name, value));

        assertThat(DeadLetterCopy.read(new Record(1, null, null, headers))).isEmpty();
    }

    @Test
    void shouldNotTakeRecordsWithoutTheHeadersForDeadLetters() {
        List<Header> headers = COPY.asRecord().headers();

        assertThat(DeadLetterCopy.read(COPY.record())).isEmpty();
        assertThat(DeadLetterCopy.read(new Record(1, null, null, headers.subList(0, 6)))).isEmpty();
        assertThat(DeadLetterCopy.read(new Record(1, null, null, headers.subList(1, 8)))).isEmpty();
    }
}
