package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import org.junit.jupiter.api.Test;

final class PeerGateTest {

    private final Introduction self = Greetings.broker(1, Greetings.SEEDS);
    private final PeerGate gate = new PeerGate(self, () -> ClusterImage.EMPTY);

    @Test
    void shouldTalkToItsOwnClusterOnly() {
        assertThat(gate.refusal("c1", 2, "d", 1, 7))
                .contains("this broker belongs to no cluster yet");
        self.belongsTo("c1");

        assertThat(gate.refusal("c1", 2, "d", 1, 7)).isEmpty();
        assertThat(gate.refusal("c2", 2, "d", 1, 7).orElseThrow())
                .contains("node 2 belongs to c2")
                .contains("cluster.seeds");
        assertThat(gate.refusal("c1", 1, "d", 1, 7).orElseThrow())
                .contains("node id 1 is in use by another broker");
    }

    @Test
    void shouldKnowWhichLifeExcludesWhich() {
        BrokerImage known = known("directory-2", 5, 102);

        assertThat(PeerGate.outlived(life("directory-2", 5, 102), known)).isEmpty();
        assertThat(PeerGate.outlived(life("directory-2", 6, 9), known)).isEmpty();
        assertThat(PeerGate.outlived(life("empty", 1, 9), known)).isEmpty();
        assertThat(PeerGate.outlived(life("directory-2", 4, 9), known).orElseThrow())
                .contains("old copy");
        assertThat(PeerGate.outlived(life("directory-2", 5, 9), known).orElseThrow())
                .contains("has a copy of the directory");
        BrokerImage givenUp = known("directory-2", Long.MAX_VALUE, 102);
        assertThat(PeerGate.outlived(life("directory-2", 99, 9), givenUp).orElseThrow())
                .contains("given up by `millrace cluster recover --unsafe`");
        assertThat(PeerGate.outlived(life("empty", 1, 9), givenUp)).isEmpty();
        assertThat(PeerGate.outlived(life("directory-2", 4, 9), known("directory-2", 0, 0)))
                .as("it has never registered")
                .isEmpty();
    }

    /** The sentence goes over the network as the description of a status. */
    @Test
    void shouldUnderstandWhatAnotherGateSays() {
        self.belongsTo("c1");
        MillraceException stop =
                PeerGate.told(
                        "a call was refused: " + gate.refusal("c1", 1, "d", 1, 7).orElseThrow());
        assertThat(PeerGate.isMustStop(stop)).isTrue();
        assertThat(stop.getMessage()).startsWith("node id 1 is in use");

        MillraceException other = PeerGate.told(gate.refusal("c2", 2, "d", 1, 7).orElseThrow());
        assertThat(PeerGate.isMustStop(other)).isFalse();
        assertThat(other.outcome()).isEqualTo(WriteOutcome.NOT_APPLIED);
    }

    private static io.millrace.v1.PeerIntroduction life(String directory, long start, long nonce) {
        return new Introduction(2, directory, start, nonce, Greetings.SEEDS, "0.1.0").get();
    }

    private static BrokerImage known(String directory, long start, long nonce) {
        return new BrokerImage(
                2,
                "c:1",
                "p:1",
                "h:1",
                "0.1.0",
                "",
                directory,
                start,
                nonce,
                0,
                BrokerState.ACTIVE);
    }
}
