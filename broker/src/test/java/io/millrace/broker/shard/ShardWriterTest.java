package io.millrace.broker.shard;

import static io.millrace.broker.shard.Batches.batch;
import static io.millrace.broker.shard.Batches.create;
import static io.millrace.broker.shard.Batches.plainBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.group.GroupCommand.DropGroup;
import io.millrace.broker.partition.MemoryPartitionLogStore;
import io.millrace.broker.publishing.AppendTarget;
import io.millrace.broker.queue.OffsetSet;
import io.millrace.broker.queue.QueueCommand;
import io.millrace.broker.queue.QueueCommand.OpenQueue;
import io.millrace.broker.queue.QueueKey;
import io.millrace.broker.shard.AppendResult.Appended;
import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.Proposal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardWriterTest {

    private static final long FAR = 1_000_000;

    private final List<String> answers = new ArrayList<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final WriteGate gate = new WriteGate();
    private SteppedShard shard;
    private ShardWriter writer;
    private long now;

    @BeforeEach
    void start() throws IOException {
        DataShard machine =
                new DataShard(
                        1,
                        new MemoryPartitionLogStore(),
                        ProducerLimits.DEFAULT,
                        ShardCounters.NONE);
        machine.started();
        shard = new SteppedShard(1, machine);
        shard.hold();
        writer = writer(new WriterLimits(1_000, Integer.MAX_VALUE, 4, 2, 2_000, 100));
        CompletableFuture<CommandResult> created = writer.execute(create(1, 1), 1);
        shard.applyHeld();
        runTasks();
        assertThat(created).isCompletedWithValue(new CommandResult.Done(true));
    }

    @Test
    void shouldProposeAtOnceWhenIdle() {
        append("a", new AppendLane(1, 1), plainBatch(2));
        assertThat(shard.held()).hasSize(1);
        assertThat(answers).isEmpty();
        shard.applyHeld();
        assertThat(answers).containsExactly("a:0");
    }

    @Test
    void shouldCoalesceWhatWaitsWhileEntriesAreInFlight() {
        AppendLane one = new AppendLane(1, 1);
        AppendLane two = new AppendLane(1, 1);
        for (int i = 0; i < 7; i++) {
            append("b" + i, i % 2 == 0 ? one : two, plainBatch(1));
        }
        assertThat(shard.held()).hasSize(2);
        assertThat(writer.waitingBatches()).isEqualTo(5);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(applyNext()).isEqualTo(4);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(answers)
                .containsExactlyInAnyOrder("b0:0", "b1:1", "b2:2", "b3:3", "b4:4", "b5:5", "b6:6");
        assertThat(answers).containsSubsequence("b0:0", "b2:2", "b4:4", "b6:6");
        assertThat(answers).containsSubsequence("b1:1", "b3:3", "b5:5");
        assertThat(writer.waitingBatches()).isZero();
        assertThat(writer.entriesInFlight()).isZero();
    }

    @Test
    void shouldNotCopyABatchThatGoesAlone() {
        AppendLane lane = new AppendLane(1, 1);
        ByteBuffer alone = withRoom(plainBatch(2));
        writer.append(lane, alone, FAR, result -> answers.add(name("a", result)));
        append("b", lane, plainBatch(1));
        ByteBuffer together = withRoom(plainBatch(1));
        writer.append(lane, together, FAR, result -> answers.add(name("c", result)));
        append("d", lane, plainBatch(1));
        assertThat(shard.held().peek().data().array()).isSameAs(alone.array());
        assertThat(applyNext()).isEqualTo(1);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(shard.held().peek().data().array()).isNotSameAs(together.array());
        assertThat(applyNext()).isEqualTo(2);
        assertThat(answers).containsExactly("a:0", "b:2", "c:3", "d:4");
    }

    @Test
    void shouldNotLetLargeBatchesWaitForOthersNorOthersForThem() {
        int large = plainBatch(10).remaining();
        writer = writer(new WriterLimits(3 * large, large, 4, 1, 100 * large, 100));
        AppendLane one = new AppendLane(1, 1);
        AppendLane two = new AppendLane(1, 1);
        append("s0", one, plainBatch(1));
        append("l0", two, plainBatch(10));
        append("l1", two, plainBatch(10));
        append("l2", two, plainBatch(10));
        assertThat(shard.held()).as("three entries' bytes alone, one gathered").hasSize(4);
        append("l3", two, plainBatch(10));
        append("s1", one, plainBatch(1));
        append("s2", one, plainBatch(1));
        assertThat(shard.held()).hasSize(4);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(shard.held()).as("l1, l2, l3, and both that waited").hasSize(4);
        assertThat(applyNext() + applyNext() + applyNext()).isEqualTo(3);
        assertThat(applyNext()).isEqualTo(2);
        assertThat(answers).hasSize(7).containsSubsequence("l0:1", "l1:11", "l2:21", "l3:31");
        assertThat(writer.entriesInFlight()).isZero();
    }

    private static ByteBuffer withRoom(ByteBuffer batch) {
        int room = AppendTarget.ROOM_BYTES;
        ByteBuffer placed = ByteBuffer.allocate(room + batch.remaining());
        return placed.put(room, batch.array()).position(room);
    }

    @Test
    void shouldBoundEntriesByBytesAndLetALargerBatchTravelAlone() {
        AppendLane lane = new AppendLane(1, 1);
        fillWindow(lane);
        append("small", lane, plainBatch(1));
        append("large", lane, plainBatch(110));
        append("after", lane, plainBatch(1));
        assertThat(plainBatch(110).remaining()).isGreaterThan(1_000);
        applyNext();
        applyNext();
        assertThat(applyNext()).isEqualTo(1);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(applyNext()).isEqualTo(1);
        assertThat(answers).hasSize(5).last().isEqualTo("after:113");
    }

    @Test
    void shouldRefuseWhatDoesNotFitIntoTheQueueInTheOrderOfTheStream() {
        AppendLane lane = new AppendLane(1, 1);
        fillWindow(lane);
        append("fits", lane, plainBatch(100));
        append("fits too", lane, plainBatch(60));
        append("full", lane, plainBatch(60));
        append("after", lane, plainBatch(1));
        AppendLane other = new AppendLane(1, 1);
        append("other", other, plainBatch(60));
        runTasks();
        assertThat(answers).containsExactly("other:OVERLOADED");
        shard.applyHeld();
        runTasks();
        assertThat(answers)
                .containsExactly(
                        "other:OVERLOADED",
                        "w0:0",
                        "w1:1",
                        "fits:PREDECESSOR_FAILED",
                        "fits too:PREDECESSOR_FAILED",
                        "full:OVERLOADED",
                        "after:PREDECESSOR_FAILED");
    }

    @Test
    void shouldFailEverythingInFlightInOrderWhenTheTermEnds() {
        AppendLane lane = new AppendLane(1, 1);
        fillWindow(lane);
        append("waiting", lane, plainBatch(1));
        shard.beginTerm();
        List<Proposal> lost = new ArrayList<>(shard.held());
        shard.held().clear();
        lost.get(1).failed(Proposal.Outcome.UNKNOWN, "stepped down");
        runTasks();
        assertThat(answers).isEmpty();
        lost.get(0).failed(Proposal.Outcome.UNKNOWN, "stepped down");
        runTasks();
        assertThat(answers)
                .containsExactly(
                        "w0:OUTCOME_UNKNOWN", "w1:OUTCOME_UNKNOWN", "waiting:PREDECESSOR_FAILED");
        append("old term", new AppendLane(1, 1), plainBatch(1));
        append("new term", new AppendLane(1, 2), plainBatch(1));
        shard.applyHeld();
        runTasks();
        assertThat(answers).contains("new term:0", "old term:NOT_LEADER");
    }

    @Test
    void shouldRefuseTheTermThatIsNotLed() {
        AppendLane lane = new AppendLane(1, 1);
        fillWindow(lane);
        append("a", new AppendLane(1, 1), plainBatch(1));
        append("b", new AppendLane(1, 2), plainBatch(1));
        shard.applyHeld();
        runTasks();
        assertThat(answers).containsExactlyInAnyOrder("w0:0", "w1:1", "a:2", "b:NOT_LEADER");
    }

    @Test
    void shouldAnswerBusyAsOverloadedAndNotOnTheAppendingThread() {
        shard.setBusy(true);
        append("a", new AppendLane(1, 1), plainBatch(1));
        assertThat(answers).isEmpty();
        runTasks();
        assertThat(answers).containsExactly("a:OVERLOADED");
        assertThat(writer.entriesInFlight()).isZero();
    }

    @Test
    void shouldCallTheFollowersOfARefusedBatchItsConsequence() {
        AppendLane lane = new AppendLane(1, 1);
        append("first", lane, batch(5, 0, 3, 1));
        append("second", lane, batch(5, 0, 4, 1));
        shard.applyHeld();
        append("third", lane, batch(5, 0, 5, 1));
        runTasks();
        assertThat(answers).startsWith("first:UNKNOWN_PRODUCER").hasSize(3);
        assertThat(answers.get(2)).isEqualTo("third:PREDECESSOR_FAILED");
    }

    @Test
    void shouldCallALaterSequenceTheConsequenceOfAFailure() {
        append("known", new AppendLane(1, 1), batch(5, 0, 0, 1));
        shard.applyHeld();
        AppendLane lane = new AppendLane(1, 1);
        append("lost", lane, batch(5, 0, 1, 1));
        append("next", lane, batch(5, 0, 2, 1));
        shard.held().remove().failed(Proposal.Outcome.NOT_APPLIED_BUSY, "busy");
        shard.applyHeld();
        runTasks();
        assertThat(answers)
                .containsExactly("known:0", "lost:OVERLOADED", "next:PREDECESSOR_FAILED");
    }

    @Test
    void shouldRefuseWhatIsLateBeforeItIsProposed() {
        AppendLane lane = new AppendLane(1, 1);
        fillWindow(lane);
        AppendLane late = new AppendLane(1, 1);
        writer.append(late, plainBatch(1), 50, result -> answers.add(name("late", result)));
        AppendLane patient = new AppendLane(1, 1);
        append("patient", patient, plainBatch(1));
        now = 51;
        writer.expireWaiting();
        runTasks();
        assertThat(answers).containsExactly("late:OVERLOADED");
        shard.applyHeld();
        assertThat(answers).containsExactly("late:OVERLOADED", "w0:0", "w1:1", "patient:2");
    }

    @Test
    void shouldRefuseAtTheGateButLetTrimsPass() {
        gate.close(ErrorCode.DISK_FULL, "full");
        gate.close(ErrorCode.WAL_FULL, "full");
        append("a", new AppendLane(1, 1), plainBatch(1));
        gate.open(ErrorCode.DISK_FULL);
        append("b", new AppendLane(1, 1), plainBatch(1));
        runTasks();
        assertThat(answers).containsExactly("a:DISK_FULL", "b:WAL_FULL");
        CompletableFuture<CommandResult> deleted =
                writer.execute(new ShardCommand.DeletePartition(1, 2), 1);
        shard.applyHeld();
        runTasks();
        assertThat(deleted).isCompleted();
        gate.open(ErrorCode.WAL_FULL);
        append("c", new AppendLane(1, 1), plainBatch(1));
        shard.applyHeld();
        assertThat(answers).last().isEqualTo("c:UNKNOWN_PARTITION");
    }

    /** Where writes are refused nobody commits either, but groups can be dropped. */
    @Test
    void shouldRefuseChangesOfGroupsWhileTheGateIsClosedButForDropping() {
        gate.close(ErrorCode.DISK_FULL, "no room");

        CompletableFuture<CommandResult> opened =
                writer.execute(new ChangeGroup(GroupCommands.open(7, "billing", 1)), 1);
        CompletableFuture<CommandResult> queue =
                writer.execute(new ChangeQueue(new OpenQueue(new QueueKey(1, 7), 0)), 1);
        CompletableFuture<CommandResult> dropped =
                writer.execute(new ChangeGroup(new DropGroup(7)), 1);
        assertThat(shard.held()).hasSize(1).allMatch(Proposal::freesSpace);
        shard.applyHeld();
        runTasks();

        assertThatThrownBy(opened::join).hasCause(expected(opened, ErrorCode.DISK_FULL));
        assertThatThrownBy(queue::join).hasCause(expected(queue, ErrorCode.DISK_FULL));
        assertThat(dropped).isCompleted();
    }

    @Test
    void shouldRefuseAChangeThatIsLargerThanAnEntryMayBe() {
        String name = "x".repeat(ShardWriter.MAX_CHANGE_BYTES);

        CompletableFuture<CommandResult> opened =
                writer.execute(new ChangeGroup(GroupCommands.open(7, name, 1)), 1);

        assertThat(shard.held()).isEmpty();
        assertThatThrownBy(opened::join).hasCause(expected(opened, ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void shouldFailWhatAGroupRefuses() {
        CompletableFuture<CommandResult> joined =
                writer.execute(new ChangeGroup(GroupCommands.join(7, "m1")), 1);
        CompletableFuture<CommandResult> redriven =
                writer.execute(
                        new ChangeQueue(
                                new QueueCommand.Redrive(new QueueKey(1, 7), OffsetSet.of(1))),
                        1);
        shard.applyHeld();
        runTasks();

        assertThatThrownBy(joined::join).hasCause(expected(joined, ErrorCode.UNKNOWN_GROUP));
        assertThatThrownBy(redriven::join).hasCause(expected(redriven, ErrorCode.UNKNOWN_GROUP));
    }

    @Test
    void shouldSayWhyACommandFailed() {
        CompletableFuture<CommandResult> wrongTerm = writer.execute(create(3, 1), 9);
        CompletableFuture<CommandResult> unknown =
                writer.execute(new ShardCommand.ConfigurePartition(8, Batches.CONFIG, 1), 1);
        shard.applyHeld();
        runTasks();
        assertThatThrownBy(wrongTerm::join).hasCause(expected(wrongTerm, ErrorCode.NOT_LEADER));
        assertThatThrownBy(unknown::join).hasCause(expected(unknown, ErrorCode.UNKNOWN_PARTITION));
    }

    @Test
    void shouldSurviveACallbackThatThrows() {
        AppendLane lane = new AppendLane(1, 1);
        writer.append(
                lane,
                plainBatch(1),
                FAR,
                result -> {
                    throw new IllegalStateException("thrown by the test");
                });
        append("next", lane, plainBatch(1));
        shard.applyHeld();
        assertThat(answers).containsExactly("next:1");
    }

    private ShardWriter writer(WriterLimits limits) {
        return new ShardWriter(
                shard,
                Clock.fixed(Instant.ofEpochMilli(77), ZoneOffset.UTC),
                () -> now,
                limits,
                gate,
                ShardCounters.NONE,
                tasks::add);
    }

    /** Applies the oldest entry in flight; returns how many batches it held. */
    private int applyNext() {
        ShardCommand command = CommandCodec.decode(shard.held().peek().data().duplicate());
        shard.applyNext();
        return command instanceof ShardCommand.AppendBatches append ? append.batches().size() : 0;
    }

    private void fillWindow(AppendLane lane) {
        append("w0", lane, plainBatch(1));
        append("w1", lane, plainBatch(1));
        assertThat(shard.held()).hasSize(2);
    }

    private void append(String name, AppendLane lane, ByteBuffer batch) {
        writer.append(
                lane, batch.asReadOnlyBuffer(), FAR, result -> answers.add(name(name, result)));
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private static String name(String name, AppendResult result) {
        if (result instanceof Appended appended) {
            return name + ":" + appended.baseOffset();
        }
        return name + ":" + ((Refused) result).code();
    }

    private static Throwable expected(CompletableFuture<?> future, ErrorCode code) {
        MillraceException cause = (MillraceException) future.handle((value, error) -> error).join();
        assertThat(cause.code()).isEqualTo(code);
        return cause;
    }
}
