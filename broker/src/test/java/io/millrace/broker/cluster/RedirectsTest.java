package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import org.junit.jupiter.api.Test;

final class RedirectsTest {

    private ShardLeader leader = ShardLeader.NONE;
    private final Redirects redirects =
            new Redirects(
                    () -> ClusterImage.EMPTY,
                    new LeaderDirectory() {
                        @Override
                        public ShardLeader leader(int shard) {
                            return leader;
                        }

                        @Override
                        public boolean isAlive(int nodeId) {
                            return true;
                        }
                    },
                    1);

    @Test
    void shouldSayNotLeaderOnlyWhenAnotherBrokerIsKnownToLead() {
        leader = new ShardLeader(2, 7);
        assertThat(redirects.notLeading("t/0", 3).code()).isEqualTo(ErrorCode.NOT_LEADER);

        leader = ShardLeader.NONE;
        MillraceException none = redirects.notLeading("t/0", 3);
        assertThat(none.code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        assertThat(none.leader()).isEmpty();
        assertThat(none.metadata()).containsEntry("shard", "3");
    }

    @Test
    void shouldNotSendBackToItselfABrokerThatIsAboutToLead() {
        leader = new ShardLeader(1, 7);
        assertThat(redirects.notLeading("t/0", 3).code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
    }

    @Test
    void shouldNotNameALeaderWhoseAddressIsUnknown() {
        leader = new ShardLeader(9, 7);
        assertThat(redirects.notHere("t/0", 3).leader()).isEmpty();
    }
}
