package io.millrace.broker.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ReadySetTest extends SubscriptionFixture {

    private final ReadySet ready = new ReadySet();

    @Test
    void shouldKnowAPartitionOnceHoweverOftenItIsMarked() {
        FollowedPartition one = new FollowedPartition(1, "t", "t/0", resolve("t", 0, 0), null);
        ready.mark(one);
        ready.mark(one);
        assertThat(ready.current()).isSameAs(one);

        ready.drop();
        assertThat(ready.current()).isNull();
    }

    @Test
    void shouldNotLoseWhatCameBetweenTheLastLookAndTheDrop() throws IOException {
        FollowedPartition one = new FollowedPartition(1, "t", "t/0", resolve("t", 0, 0), null);
        one.moveTo(earliest());
        ready.mark(one);
        assertThat(ready.current()).isSameAs(one);

        append(log, 1);
        ready.mark(one);
        ready.drop();
        assertThat(ready.current()).isSameAs(one);
    }

    @Test
    void shouldGiveEachItsTurn() {
        FollowedPartition one = new FollowedPartition(1, "t", "t/0", resolve("t", 0, 0), null);
        FollowedPartition two = new FollowedPartition(2, "t", "t/1", resolve("t", 0, 1), null);
        ready.mark(one);
        ready.mark(two);
        assertThat(ready.current()).isSameAs(one);
        ready.advance();
        assertThat(ready.current()).isSameAs(two);
        ready.advance();
        assertThat(ready.current()).isSameAs(one);
    }
}
