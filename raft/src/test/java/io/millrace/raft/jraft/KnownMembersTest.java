package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.entity.LogId;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import org.junit.jupiter.api.Test;

final class KnownMembersTest {

    private static final Configuration NONE = new Configuration();
    private static final Configuration ABC = members(1, 2, 3);
    private static final Configuration ABD = members(1, 2, 4);

    private final KnownMembers known =
            new KnownMembers(
                    ReplicaAddress.peer(new Member(1, 1)),
                    new ConfigurationEntry(new LogId(0, 0), ABC, NONE));

    @Test
    void shouldNotTakeMembersForInForceBeforeTheyAreCommitted() {
        known.add(new ConfigurationEntry(new LogId(7, 2), ABD, NONE));

        assertThat(known.newest()).isEqualTo(ABD);
        assertThat(known.inForce(6)).isEqualTo(ABC);
        assertThat(known.inForce(7)).isEqualTo(ABD);
    }

    @Test
    void shouldKeepWhoLeavesInForceUntilTheWholeChangeIsCommitted() {
        known.add(new ConfigurationEntry(new LogId(7, 2), ABD, ABC));
        known.add(new ConfigurationEntry(new LogId(9, 2), ABD, NONE));

        assertThat(known.inForce(7)).as("both count").isEqualTo(ABC);
        known.committed(8);
        assertThat(known.inForce(8)).as("what came before is forgotten").isEqualTo(ABC);
        assertThat(known.inForce(9)).isEqualTo(ABD);
    }

    private static Configuration members(int... nodes) {
        Member[] voters = new Member[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            voters[i] = new Member(nodes[i], nodes[i]);
        }
        return ReplicaAddress.configuration(Members.voting(voters));
    }
}
