package io.millrace.client.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.record.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadTokenTest {
    private static final TopicPartition A = new TopicPartition("a.b-c", 3);
    private static final TopicPartition B = new TopicPartition("b", 0);

    @Test
    void shouldKeepTheHighestOfEachPartition() {
        ReadToken token = ReadToken.of(A, 7).and(ReadToken.of(B, 2)).and(ReadToken.of(A, 5));
        assertThat(token.offset(A)).isEqualTo(7);
        assertThat(token.offset(B)).isEqualTo(2);
        assertThat(token.partitions("a.b-c")).containsOnlyKeys(3);
        assertThat(ReadToken.none().offset(A)).isZero();
    }

    @Test
    void shouldTravelAsText() {
        ReadToken token = ReadToken.of(A, 7).and(ReadToken.of(B, 2));
        assertThat(token).hasToString("a.b-c/3:7,b/0:2");
        assertThat(ReadToken.parse(token.toString())).isEqualTo(token);
        assertThat(ReadToken.parse("")).isEqualTo(ReadToken.none());
    }

    @Test
    void shouldNameThePartThatIsWrong() {
        for (String wrong : new String[] {"a", "a/1", "a:1", "a/x:1", "a/1:-1", "/1:1"}) {
            assertThatThrownBy(() -> ReadToken.parse("b/0:1," + wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong);
        }
    }
}
