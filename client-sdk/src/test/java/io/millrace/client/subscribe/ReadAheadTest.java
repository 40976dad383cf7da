package io.millrace.client.subscribe;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.read.ReadFrom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final SubscriberOptions OPTIONS =
            new SubscriberOptions(
                    Set.of(),
                    Map.of(),
                    Position.earliest(),
                    GapPolicy.FAIL,
                    gap -> {},
                    10,
                    1_600,
                    16_000,
                    0,
                    null,
                    ReadFrom.LEADER,
                    "",
                    2);

    private final List<SubscribeStream> streams = new ArrayList<>();

    @Test
    void shouldLeaveSomethingForTheNextStreamWithinOneBound() {
        ReadAhead readAhead = ReadAhead.forAll(OPTIONS);
        for (int i = 0; i < 4; i++) {
            open(readAhead);
        }
        assertThat(streams).extracting(it -> it.window().records()).contains(800L, 400L, 200L);
        assertThat(streams.stream().mapToLong(it -> it.window().records()).sum())
                .isLessThanOrEqualTo(1_600);
        for (int i = 0; i < 10; i++) {
            assertThat(open(readAhead)).isEqualTo(new ReadAhead.Window(100, 1_000));
        }
    }

    @Test
    void shouldGiveAgainWhatAStreamHadThatHasEnded() {
        ReadAhead readAhead = ReadAhead.forAll(OPTIONS);
        open(readAhead);
        open(readAhead);
        streams.remove(0);
        assertThat(open(readAhead)).isEqualTo(new ReadAhead.Window(600, 6_000));
    }

    private ReadAhead.Window open(ReadAhead readAhead) {
        ReadAhead.Window window = readAhead.next(streams);
        streams.add(new SubscribeStream("a", List.of(), OPTIONS, window, null));
        return window;
    }
}
