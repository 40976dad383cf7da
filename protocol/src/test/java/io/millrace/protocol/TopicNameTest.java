package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "Orders-2026_eu.v1", "...", "-", "0"})
    void shouldAllow(String name) {
        assertThat(TopicName.check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a/b", "../x", "a b", "ä", "a\n", "a\u0000", "a\\b", "a:b"})
    void shouldRefuse(String name) {
        assertThat(TopicName.isValid(name)).isFalse();
        assertThatThrownBy(() -> TopicName.check(name))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TOPIC_NAME))
                .hasMessageContaining("[A-Za-z0-9._-]{1,249}");
    }

    @Test
    void shouldRefuseNullAndNamesThatAreTooLongWithoutRepeatingThem() {
        assertThat(TopicName.isValid("a".repeat(249))).isTrue();
        assertThat(TopicName.isValid(null)).isFalse();
        assertThatThrownBy(() -> TopicName.check("\u001b".repeat(100_000)))
                .hasMessageContaining("100000 characters")
                .satisfies(
                        e ->
                                assertThat(e.getMessage())
                                        .hasSizeLessThan(300)
                                        .doesNotContain("\u001b"));
    }
}
