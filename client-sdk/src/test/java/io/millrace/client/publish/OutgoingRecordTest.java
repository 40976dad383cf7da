package io.millrace.client.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.batch.Header;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutgoingRecordTest {
    @Test
    void shouldSayWhenToDeliverInAHeaderBesideTheOthers() {
        OutgoingRecord record =
                OutgoingRecord.to("t")
                        .deliverAt(Instant.ofEpochSecond(5))
                        .header("a", "b")
                        .deliverAt(Instant.ofEpochMilli(1_234).plusNanos(999_999))
                        .build();
        assertThat(record.headers())
                .containsExactly(
                        Header.ofText("a", "b"), Header.ofText("millrace-deliver-at", "1234"));
    }

    @Test
    void shouldRefuseTimesThatMillisecondsSince1970CannotSay() {
        OutgoingRecord.Builder record = OutgoingRecord.to("t");
        assertThatThrownBy(() -> record.deliverAt(Instant.ofEpochMilli(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deliverAt is 1969");
        assertThatThrownBy(() -> record.deliverAt(Instant.MAX))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(record.build().headers()).isEmpty();
    }
}
