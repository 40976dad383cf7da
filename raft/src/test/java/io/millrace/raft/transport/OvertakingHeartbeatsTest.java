package io.millrace.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import org.junit.jupiter.api.Test;

final class OvertakingHeartbeatsTest {

    private static final long SECOND = 1_000_000_000L;

    private final OvertakingHeartbeats overtaking = new OvertakingHeartbeats();

    private static AppendEntriesRequest heartbeat(long previous) {
        return AppendEntriesRequest.newBuilder()
                .setGroupId("g")
                .setServerId("node:1:1")
                .setPeerId("node:2:1")
                .setTerm(3)
                .setPrevLogIndex(previous)
                .setPrevLogTerm(3)
                .setCommittedIndex(9)
                .build();
    }

    @Test
    void shouldLeaveAHeartbeatThatSpeaksOfWhatIsHere() {
        assertThat(overtaking.corrected(heartbeat(10), 10, 0)).isEqualTo(heartbeat(10));
    }

    @Test
    void shouldNotLetAHeartbeatClaimThatEntriesOnTheirWayAreMissing() {
        AppendEntriesRequest corrected = overtaking.corrected(heartbeat(12), 10, 0);

        assertThat(corrected.getPrevLogIndex()).isZero();
        assertThat(corrected.getPrevLogTerm()).isZero();
        assertThat(corrected.getTerm()).isEqualTo(3);
    }

    @Test
    void shouldLetThroughThatEntriesHaveNotComeAfterAll() {
        overtaking.corrected(heartbeat(12), 10, 0);
        assertThat(overtaking.corrected(heartbeat(12), 10, SECOND).getPrevLogIndex()).isZero();

        assertThat(overtaking.corrected(heartbeat(12), 10, 2 * SECOND)).isEqualTo(heartbeat(12));
    }

    @Test
    void shouldBePatientAsLongAsEntriesCome() {
        for (int i = 0; i < 20; i++) {
            AppendEntriesRequest corrected =
                    overtaking.corrected(heartbeat(100 + i), 10 + i, i * SECOND);
            assertThat(corrected.getPrevLogIndex()).isZero();
        }
    }
}
