package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.config.BrokerConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BrokerOptionsTest {

    private static BrokerConfig electing(String after) {
        return BrokerConfig.of(Map.of("cluster.election-timeout-ms", after));
    }

    /** A link that is given up earlier would make leaders change for nothing. */
    @Test
    void shouldBearASilenceOfTwoElectionTimeoutsBetweenBrokers() {
        assertThat(BrokerOptions.peers(BrokerConfig.defaults()).silence())
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(BrokerOptions.peers(electing("3s")).silence()).isEqualTo(Duration.ofSeconds(6));
        assertThat(BrokerOptions.peers(electing("250ms")).silence())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldAskASuccessorAgainWhenItsElectionIsOver() {
        assertThat(BrokerOptions.askSuccessorAgain(electing("2s")))
                .isEqualTo(Duration.ofSeconds(3));
    }
}
