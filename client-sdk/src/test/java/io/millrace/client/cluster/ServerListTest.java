package io.millrace.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerListTest {
    @Test
    void shouldReadHostsAndPorts() {
        assertThat(ServerList.parse("a:1, b.example:7400,[::1]:65535,a:1").addresses())
                .containsExactly("a:1", "b.example:7400", "[::1]:65535");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a:",
                ":1",
                "a:0",
                "a:65536",
                "a:x",
                "a:1,",
                "::1:7400",
                "a b:1",
                "http://a:1",
                "a:1 b:2"
            })
    void shouldNameThePartThatIsWrong(String list) {
        assertThatThrownBy(() -> ServerList.parse(list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not host:port");
    }
}
