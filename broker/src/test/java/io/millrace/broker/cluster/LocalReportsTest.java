package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LocalReportsTest {

    private final ShardReplica replica = new ShardReplica(0);
    private final LocalShards shards = new LocalShards();
    private int replicaId = 1;
    private final LocalReports reports =
            new LocalReports(
                    shards,
                    1,
                    shard -> replicaId,
                    () -> new LocalReports.LocalState(1, 2, 3, 4, 5, 0, 6, ""),
                    shard -> 0);

    @BeforeEach
    void follow() {
        shards.addController(replica.follows(2, 5));
    }

    @Test
    void shouldShowBySignsWhatOthersMustHearOfAtOnce() {
        List<Object> before = reports.signs();
        assertThat(reports.signs()).as("nothing has changed").isEqualTo(before);

        replica.follows(3, 6);
        assertThat(reports.signs()).as("another leader").isNotEqualTo(before);
        replica.leads(1, 7);
        List<Object> leading = reports.signs();
        replica.leadingTerm = 0;
        assertThat(reports.signs()).as("not ready for writes").isNotEqualTo(leading);
        replica.leadingTerm = 7;
        assertThat(reports.signs()).isEqualTo(leading);
        replicaId = 2;
        assertThat(reports.signs()).as("another replica").isNotEqualTo(leading);
    }
}
