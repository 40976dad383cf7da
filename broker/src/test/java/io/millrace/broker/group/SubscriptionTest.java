package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SubscriptionTest {

    @ParameterizedTest
    @CsvSource({
        "orders, orders, true",
        "orders, orders2, false",
        "orders.*, orders., true",
        "orders.*, orders.eu, true",
        "orders.*, orders, false",
        "orders.*, my.orders.eu, false",
        "*, anything, true",
        "*.eu, orders.eu, true",
        "*.eu, orders.eu.old, false",
        "a*b*c, abc, true",
        "a*b*c, a-b-b-c-c, true",
        "a*b*c, a-c-b, false",
        "a*a, a, false",
        "**, x, true",
        "a.c, abc, false"
    })
    void shouldMatchNamesAndPatterns(String topic, String name, boolean matches) {
        assertThat(Subscription.of(List.of(topic)).matches(name)).isEqualTo(matches);
        assertThat(Subscription.of(List.of("other", topic)).matches(name)).isEqualTo(matches);
    }

    @Test
    void shouldNotFeedAGroupWithItsDeadLettersByAccident() {
        assertThat(Subscription.of(List.of("*")).matches("billing.dlq")).isFalse();
        assertThat(Subscription.of(List.of("billing*")).matches("billing.dlq")).isFalse();
        assertThat(Subscription.of(List.of("billing.dlq")).matches("billing.dlq")).isTrue();
        assertThat(Subscription.of(List.of("*.dlq")).matches("billing.dlq")).isTrue();
    }

    @Test
    void shouldNotTakeLongForPatternsThatNearlyMatch() {
        String pattern = "*a".repeat(120) + "b";
        assertThat(Subscription.of(List.of(pattern)).matches("a".repeat(249))).isFalse();
    }

    @Test
    void shouldBeEqualWhateverTheOrder() {
        assertThat(Subscription.of(List.of("b", "a", "b")))
                .isEqualTo(Subscription.of(List.of("a", "b")))
                .hasSameHashCodeAs(Subscription.of(List.of("a", "b")))
                .isNotEqualTo(Subscription.of(List.of("a")));
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(Subscription.of(List.of("a", "b.*")).fault()).isEmpty();
        assertThat(Subscription.of(List.of()).fault())
                .contains("topics: 0 names and patterns; follow 1 to 1,000");
        assertThat(Subscription.of(numbered(1_000)).fault()).isEmpty();
        assertThat(Subscription.of(numbered(1_001)).fault().orElseThrow()).contains("1,001");
        assertThat(Subscription.of(List.of("a\nb")).fault().orElseThrow()).contains("\"a?b\"");
        assertThat(Subscription.of(Collections.singletonList("a".repeat(250))).fault())
                .isNotEmpty();
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i).toList();
    }
}
