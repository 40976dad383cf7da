package io.millrace.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.BrokerInfo;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ShardInfo;
import io.millrace.v1.TopicPlacement;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    @Test
    void shouldKnowNothingAtFirst() {
        assertThat(ClusterView.UNKNOWN.isKnown()).isFalse();
        assertThat(ClusterView.UNKNOWN.leaderAddress(1)).isEmpty();
        assertThat(ClusterView.UNKNOWN.topic("t")).isEmpty();
    }

    @Test
    void shouldTakeLeadersOfHigherEpochsEvenFromAnOlderMap() {
        ClusterView view = ClusterView.UNKNOWN.merge(map(5, 1, 7, "t"));
        ClusterView older = view.merge(map(4, 2, 8, "gone"));
        assertThat(older.leaderAddress(1)).contains("b2:7400");
        assertThat(older.topic("t")).isPresent();
        assertThat(older.topic("gone")).isEmpty();
    }

    @Test
    void shouldNotGoBackToALeaderOfALowerEpoch() {
        ClusterView view = ClusterView.UNKNOWN.merge(map(5, 1, 7, "t"));
        assertThat(view.merge(map(6, 2, 6, "t")).leaderAddress(1)).contains("b1:7400");
    }

    @Test
    void shouldFollowAHintUntilANewerLeaderIsKnown() {
        ClusterView view = ClusterView.UNKNOWN.merge(map(5, 1, 7, "t"));
        ClusterView hinted = view.withHint(1, "b2:7400");
        assertThat(hinted.leaderAddress(1)).contains("b2:7400");
        assertThat(hinted.merge(map(5, 1, 7, "t")).leaderAddress(1)).contains("b2:7400");
        assertThat(hinted.merge(map(5, 1, 8, "t")).leaderAddress(1)).contains("b1:7400");
        assertThat(hinted.withoutHint(1, "b1:7400").leaderAddress(1)).contains("b2:7400");
        assertThat(hinted.withoutHint(1, "b2:7400").leaderAddress(1)).contains("b1:7400");
    }

    @Test
    void shouldHaveNoLeaderWhileTheMapNamesNone() {
        ClusterView view = ClusterView.UNKNOWN.merge(map(5, 1, 7, "t"));
        assertThat(view.merge(map(5, 0, 8, "t")).leaderAddress(1)).isEmpty();
    }

    private static ClusterMap map(long version, int leader, long epoch, String topic) {
        return ClusterMap.newBuilder()
                .setClusterId("c")
                .setVersion(version)
                .addBrokers(BrokerInfo.newBuilder().setNodeId(1).setClientAddress("b1:7400"))
                .addBrokers(BrokerInfo.newBuilder().setNodeId(2).setClientAddress("b2:7400"))
                .addShards(
                        ShardInfo.newBuilder()
                                .setShard(1)
                                .setLeaderNode(leader)
                                .setLeaderEpoch(epoch))
                .addTopics(TopicPlacement.newBuilder().setName(topic).addPartitionShards(1))
                .build();
    }
}
