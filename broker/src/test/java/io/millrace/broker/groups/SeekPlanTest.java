package io.millrace.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.TopicConfig;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.group.SeekMove;
import io.millrace.broker.groups.SeekPlan.Bounds;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Position;
import io.millrace.v1.SeekTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Topic 7, "orders", of three partitions that each hold the offsets 10 to 99. */
final class SeekPlanTest {

    private static final TopicImage ORDERS =
            new TopicImage(
                    "orders",
                    7,
                    1,
                    new TreeMap<>(),
                    TopicConfig.of(Map.of()),
                    0,
                    LongStream.range(0, 3).mapToObj(id -> new PartitionImage(id, 1, 1)).toList());

    private final Map<PartitionKey, Bounds> bounds = new HashMap<>();
    private final Map<PartitionKey, Long> times = new HashMap<>();
    private final Map<PartitionKey, Long> committed = new HashMap<>();
    private final Map<PartitionKey, Long> other = new HashMap<>();

    SeekPlanTest() {
        for (int number = 0; number < 3; number++) {
            bounds.put(key(number), new Bounds(10, 100));
        }
        committed.put(key(0), 40L);
        committed.put(key(1), 90L);
    }

    @Test
    void shouldGoToTheEndsOfLogs() {
        assertMoves(all().setPosition(earliest()), 0, 10, 1, 10, 2, 10);
        assertMoves(one(1).setPosition(Position.newBuilder().setLatest(true)), 1, 100);
    }

    @Test
    void shouldGoToOffsetsThatAreThere() {
        assertMoves(one(0).setPosition(offset(10)), 0, 10);
        assertMoves(one(0).setPosition(offset(55)), 0, 55);
        assertMoves(one(0).setPosition(offset(100)), 0, 100);
    }

    @Test
    void shouldRefuseOffsetsThatAreNotThereAndNameTheEnds() {
        assertRefused(
                one(0).setPosition(offset(101)),
                ErrorCode.OFFSET_OUT_OF_RANGE,
                "targets.position.offset",
                "is 101, orders/0 goes from 10 to 100; name an offset in between, or latest");
        assertRefused(
                one(0).setPosition(offset(9)),
                ErrorCode.OFFSET_OUT_OF_RANGE,
                "targets.position.offset",
                "is 9, orders/0 goes from 10 to 100; name an offset in between, or earliest");
    }

    @Test
    void shouldGoWhereATimeHasLedButNotBeyondTheLog() {
        times.putAll(Map.of(key(0), 55L, key(1), 4L, key(2), 100L));
        assertMoves(
                all().setPosition(Position.newBuilder().setTimestampMs(5)), 0, 55, 1, 10, 2, 100);
    }

    @Test
    void shouldShiftWhatIsCommittedAndStopAtTheEnds() {
        assertMoves(all().setShift(20), 0, 60, 1, 100);
        assertMoves(all().setShift(-35), 0, 10, 1, 55);
        assertMoves(all().setShift(Long.MIN_VALUE), 0, 10, 1, 10);
        assertMoves(all().setShift(Long.MAX_VALUE), 0, 100, 1, 100);
        assertRefused(
                one(2).setShift(-1),
                ErrorCode.INVALID_ARGUMENT,
                "targets.shift",
                "the group has committed nothing of orders/2");
        committed.clear();
        assertRefused(
                all().setShift(-1),
                ErrorCode.INVALID_ARGUMENT,
                "targets.shift",
                "committed nothing of orders/2");
    }

    @Test
    void shouldGoWhereAnotherGroupIsAndStopAtTheEnds() {
        other.putAll(Map.of(key(0), 70L, key(2), 3L));
        assertMoves(all().setAsGroup("audit"), 0, 70, 2, 10);
        assertRefused(
                one(1).setAsGroup("audit"),
                ErrorCode.INVALID_ARGUMENT,
                "targets.as_group",
                "group \"audit\" has committed nothing of orders/1");
    }

    @Test
    void shouldForgetWithoutLookingAtTheLog() {
        bounds.clear();
        assertMoves(all().setForget(true), 0, SeekMove.NOTHING, 1, -1, 2, -1);
        assertRefused(
                all().setForget(false),
                ErrorCode.INVALID_ARGUMENT,
                "targets.forget",
                "targets.forget is false");
    }

    @Test
    void shouldTakeTheLastOfSeveralTargetsForAPartition() {
        assertThat(
                        resolve(
                                all().setPosition(earliest()),
                                one(1).setPosition(offset(50)),
                                one(1).setPosition(offset(60))))
                .isEqualTo(moves(0, 10, 2, 10, 1, 60));
    }

    /** What a seek has done, given back, undoes it. */
    @Test
    void shouldUndoWhatItDid() {
        Map<PartitionKey, Long> before = Map.copyOf(committed);
        Map<PartitionKey, Long> done = resolve(all().setPosition(earliest()));
        committed.putAll(done);

        List<SeekTarget.Builder> back = new ArrayList<>();
        for (PartitionKey key : done.keySet()) {
            SeekTarget.Builder target = one(key.partition());
            back.add(
                    before.containsKey(key)
                            ? target.setPosition(offset(before.get(key)))
                            : target.setForget(true));
        }
        assertThat(resolve(back.toArray(SeekTarget.Builder[]::new)))
                .isEqualTo(moves(0, 40, 1, 90, 2, -1));
    }

    @Test
    void shouldRefuseWhatSaysNothing() {
        assertRefused(all(), ErrorCode.INVALID_ARGUMENT, "targets", "does not say where to");
        assertRefused(
                all().setPosition(Position.getDefaultInstance()),
                ErrorCode.INVALID_ARGUMENT,
                "targets.position",
                "is empty");
        assertRefused(
                all().setPosition(offset(-1)),
                ErrorCode.INVALID_ARGUMENT,
                "targets.position.offset",
                "is -1; it must be 0 or more");
        assertRefused(
                one(3).setForget(true),
                ErrorCode.UNKNOWN_PARTITION,
                "targets.partition",
                "has the partitions 0 to 2, not 3");
        assertThatThrownBy(() -> SeekWish.of(List.of(), name -> ORDERS))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("targets is empty");
    }

    private void assertMoves(SeekTarget.Builder target, long... moves) {
        assertThat(resolve(target)).isEqualTo(moves(moves));
    }

    private void assertRefused(
            SeekTarget.Builder target, ErrorCode code, String field, String message) {
        assertThatThrownBy(() -> resolve(target))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(code);
                            assertThat(e.metadata()).containsEntry("field", field);
                            assertThat(e).hasMessageContaining(message);
                        });
    }

    private Map<PartitionKey, Long> resolve(SeekTarget.Builder... targets) {
        List<SeekTarget> built = new ArrayList<>();
        for (SeekTarget.Builder target : targets) {
            built.add(target.build());
        }
        Collection<SeekWish> wishes = SeekWish.of(built, name -> ORDERS);
        Map<PartitionKey, Long> resolved = new HashMap<>();
        new SeekPlan(bounds, times, committed, Map.of("audit", other))
                .resolve(wishes)
                .forEach(target -> resolved.put(target.partition(), target.offset()));
        return resolved;
    }

    private static Map<PartitionKey, Long> moves(long... numbersAndOffsets) {
        Map<PartitionKey, Long> moves = new HashMap<>();
        for (int i = 0; i < numbersAndOffsets.length; i += 2) {
            moves.put(key((int) numbersAndOffsets[i]), numbersAndOffsets[i + 1]);
        }
        return moves;
    }

    private static PartitionKey key(int number) {
        return new PartitionKey(7, number);
    }

    private static SeekTarget.Builder all() {
        return SeekTarget.newBuilder().setTopic("orders");
    }

    private static SeekTarget.Builder one(int number) {
        return all().setPartition(number);
    }

    private static Position earliest() {
        return Position.newBuilder().setEarliest(true).build();
    }

    private static Position offset(long offset) {
        return Position.newBuilder().setOffset(offset).build();
    }
}
