package io.millrace.broker.cluster;

import static io.millrace.broker.cluster.Greetings.SEEDS;
import static io.millrace.broker.cluster.Greetings.addressOf;
import static io.millrace.broker.cluster.Greetings.answer;
import static io.millrace.broker.cluster.Greetings.broker;
import static io.millrace.broker.cluster.Greetings.member;
import static io.millrace.broker.cluster.Greetings.silence;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.cluster.FoundingDecision.Found;
import io.millrace.broker.cluster.FoundingDecision.Join;
import io.millrace.broker.cluster.FoundingDecision.Refused;
import io.millrace.broker.cluster.FoundingDecision.Wait;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.PeerAddress;
import io.millrace.v1.PeerIntroduction;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FoundingRulesTest {

    private final Introduction one = broker(1, SEEDS);
    private final Introduction two = broker(2, SEEDS);
    private final Introduction three = broker(3, SEEDS);

    @Test
    void shouldBeAClusterOfItsOwnWithoutSeeds() {
        Introduction alone = broker(7, List.of());

        assertThat(decide(alone)).isEqualTo(new Found(List.of(7)));
    }

    @Test
    void shouldLetTheLowestFoundWhenAllAreEmpty() {
        SeedAnswer[] all = {answer(1, three), answer(2, one), answer(3, two)};

        assertThat(decide(one, all)).isEqualTo(new Found(List.of(1, 2, 3)));
        assertThat(waits(two, all)).isEqualTo("node 1 at host-2:7401 is to found the cluster");
        assertThat(waits(three, all)).contains("node 1");
    }

    @Test
    void shouldNotFoundWhileASeedIsSilent() {
        assertThat(waits(one, answer(1, one), answer(2, two), silence(3)))
                .isEqualTo("seed host-3:7401 does not answer (connection refused)");
    }

    /** S2: two wiped seeds must not found a cluster while the third, that knows one, is down. */
    @Test
    void shouldNotFoundASecondClusterWhenTwoSeedsAreWiped() {
        Introduction wiped = broker(1, "directory-new", SEEDS);

        assertThat(waits(wiped, answer(1, wiped), answer(2, two), silence(3))).contains("host-3");
        assertThat(waits(two, answer(1, wiped), answer(2, two), silence(3))).contains("host-3");
    }

    /** S2: they join as soon as it is back. */
    @Test
    void shouldJoinTheClusterThatOneSeedKnows() {
        SeedAnswer knowing =
                SeedAnswer.of(
                        addressOf(3),
                        GreetResponse.newBuilder()
                                .setPeer(member(3, "c1").get())
                                .addBrokers(at(1, "old:1"))
                                .addBrokers(at(3, "other:3"))
                                .addBrokers(at(4, "host-4:7401"))
                                .build());

        assertThat(decide(one, answer(1, one), silence(2), knowing))
                .isEqualTo(new Join("c1", List.of(at(3, "host-3:7401"), at(4, "host-4:7401"))));
    }

    @Test
    void shouldNotFoundWithSeedsThatListOthers() {
        Introduction stranger = broker(2, List.of("host-1:7401", "host-9:7401"));

        assertThat(waits(one, answer(1, one), answer(2, stranger), answer(3, three)))
                .contains("seed host-2:7401 (node 2) lists other seeds: host-1:7401,host-9:7401");
        assertThat(waits(one, answer(1, one), answer(2, broker(2, List.of())), answer(3, three)))
                .contains("lists other seeds: none");
    }

    @Test
    void shouldTakeTheSameSeedsInAnyOrder() {
        Introduction other = broker(2, List.of("HOST-3:7401", "host-1:7401", "host-2:7401"));

        assertThat(decide(one, answer(1, one), answer(2, other), answer(3, three)))
                .isInstanceOf(Found.class);
    }

    @Test
    void shouldNotFoundIfItIsNoSeed() {
        Introduction fourth = broker(4, SEEDS);
        SeedAnswer[] empty = {answer(1, one), answer(2, two), answer(3, three)};

        assertThat(waits(fourth, empty))
                .isEqualTo(
                        "this broker, node 4 at host-4:7401, is not among its seeds, so that it can"
                                + " join a cluster, but not found one");
        assertThat(decide(fourth, answer(1, member(1, "c1")), silence(2), silence(3)))
                .isInstanceOf(Join.class);
        // Not even with a lower id than all of them.
        assertThat(waits(broker(1, "x", List.of("a:1")), answer(2, broker(2, List.of("a:1")))))
                .contains("not among its seeds");
    }

    @Test
    void shouldNotFoundWithTwoSeedsOfOneNodeId() {
        Introduction copy = broker(2, "directory-other", SEEDS);

        assertThat(waits(one, answer(1, one), answer(2, two), answer(3, copy)))
                .isEqualTo("the seeds host-2:7401 and host-3:7401 both say that they are node 2");
        assertThat(waits(one, answer(1, one), answer(2, two), answer(3, two)))
                .contains("lead to the same broker, node 2");
        assertThat(waits(one, answer(1, one), answer(2, one), answer(3, two)))
                .contains("lead to the same broker, node 1");
    }

    @Test
    void shouldEndIfItsOwnNodeIdIsTaken() {
        Introduction namesake = broker(1, "directory-other", SEEDS);

        assertThat(refused(one, answer(1, one), answer(2, namesake), silence(3)))
                .contains("host-2:7401 says that it is node 1")
                .contains("node-id of its own");
    }

    @Test
    void shouldEndIfItsSeedsBelongToDifferentClusters() {
        assertThat(
                        refused(
                                one,
                                answer(1, one),
                                answer(2, member(2, "c1")),
                                answer(3, member(3, "c2"))))
                .contains("host-2:7401 and host-3:7401")
                .contains("c1 and c2");
    }

    @Test
    void shouldKnowItselfByItsAddressWhereItCannotReachIt() {
        assertThat(decide(one, silence(1), answer(2, two), answer(3, three)))
                .isEqualTo(new Found(List.of(1, 2, 3)));
    }

    @Test
    void shouldNotTakeNonsenseForABroker() {
        PeerIntroduction[] nonsense = {
            PeerIntroduction.getDefaultInstance(),
            two.get().toBuilder().setNodeId(70_000).build(),
            two.get().toBuilder().setDirectoryId("").build(),
            two.get().toBuilder().setClusterId("../../etc").build()
        };
        for (PeerIntroduction bad : nonsense) {
            assertThat(waits(one, answer(1, one), answer(2, bad), answer(3, three)))
                    .contains("host-2:7401 does not answer")
                    .contains("does not introduce itself as a broker");
        }
    }

    @Test
    void shouldFoundOnlyAfterTwoRoundsWithTheSameLives() {
        FoundingRounds rounds = new FoundingRounds(one, addressOf(1));
        List<SeedAnswer> first = List.of(answer(1, one), answer(2, two), answer(3, three));
        Introduction restarted = broker(2, "directory-wiped", SEEDS);
        List<SeedAnswer> other = List.of(answer(1, one), answer(2, restarted), answer(3, three));

        assertThat(rounds.next(first)).isInstanceOf(Wait.class);
        assertThat(rounds.next(other)).isInstanceOf(Wait.class);
        assertThat(rounds.next(List.of(answer(1, one), silence(2), answer(3, three))))
                .isInstanceOf(Wait.class);
        assertThat(rounds.next(other)).isInstanceOf(Wait.class);
        assertThat(rounds.next(other)).isEqualTo(new Found(List.of(1, 2, 3)));
    }

    private static PeerAddress at(int node, String address) {
        return PeerAddress.newBuilder().setNodeId(node).setAddress(address).build();
    }

    private static FoundingDecision decide(Introduction self, SeedAnswer... answers) {
        return new FoundingRules(self, addressOf(self.nodeId()), List.of(answers)).decide();
    }

    private static String waits(Introduction self, SeedAnswer... answers) {
        FoundingDecision decision = decide(self, answers);
        assertThat(decision).isInstanceOf(Wait.class);
        return ((Wait) decision).reason();
    }

    private static String refused(Introduction self, SeedAnswer... answers) {
        FoundingDecision decision = decide(self, answers);
        assertThat(decision).isInstanceOf(Refused.class);
        return ((Refused) decision).reason();
    }
}
