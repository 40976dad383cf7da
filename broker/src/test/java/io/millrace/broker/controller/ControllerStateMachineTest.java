package io.millrace.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.raft.StateMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class ControllerStateMachineTest {

    private final ControllerStateMachine machine = new ControllerStateMachine();
    private final LocalShard shard = new LocalShard(machine);
    private final Controller controller = new Controller(shard, machine);

    @BeforeEach
    void formCluster() {
        machine.started();
        controller.submit(new FormCluster(Clusters.ID, List.of(1), 2)).join();
        controller.submit(new RegisterBroker(Clusters.broker(1, 1), false)).join();
    }

    @Test
    void shouldShowTheChangeBeforeItIsAnswered() {
        List<Long> seen = new ArrayList<>();
        controller.images().addListener(image -> seen.add(image.version()));

        CompletableFuture<Boolean> shown =
                controller
                        .submit(create("t"))
                        .thenApply(topic -> controller.images().current().topic("t").isPresent());

        assertThat(shown.join()).isTrue();
        assertThat(seen).containsExactly(2L, 3L);
    }

    @Test
    void shouldAnswerARefusalAndKeepTheState() {
        controller.submit(create("t")).join();
        ControllerState before = machine.state();

        refused(controller.submit(create("t")), ErrorCode.TOPIC_EXISTS);

        assertThat(machine.state()).isSameAs(before);
    }

    @Test
    void shouldOnlyTryACheck() {
        assertThat(controller.check(create("t")).name()).isEqualTo("t");
        assertThat(machine.state().image().topics()).isEmpty();
    }

    @Test
    void shouldSayWhyAProposalFailed() {
        shard.leadingTerm = 0;
        refused(controller.submit(create("t")), ErrorCode.NOT_LEADER);
        shard.leadingTerm = 3;
        shard.failWith = io.millrace.raft.Proposal.Outcome.UNKNOWN;
        refused(controller.submit(create("t")), ErrorCode.OUTCOME_UNKNOWN);
        shard.failWith = io.millrace.raft.Proposal.Outcome.NOT_APPLIED_BUSY;
        refused(controller.submit(create("t")), ErrorCode.OVERLOADED);
    }

    @Test
    void shouldApplyWhatOthersProposed() {
        machine.apply(9, 1, CommandKind.encode(create("theirs")), null);

        assertThat(controller.images().current().topic("theirs")).isPresent();
    }

    @Test
    void shouldAnswerAnUnknownKindOfEntryWithAnError() {
        ControllerProposal<TopicImage> asked = new ControllerProposal<>(create("t"));
        ByteBuffer newer = CommandKind.encode(create("t")).put(1, (byte) 200);

        machine.apply(9, 1, newer, asked);

        refused(asked.result(), ErrorCode.UNSUPPORTED_VERSION);
    }

    @Test
    void shouldNeverThrowOnPoison() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Logger logger = (Logger) LoggerFactory.getLogger(ControllerStateMachine.class);
        logger.setLevel(Level.OFF); // thousands of errors are expected
        List<ByteBuffer> good = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            good.add(CommandKind.encode(RandomCommands.next(random)));
        }
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = good.get(random.nextInt(good.size())).array().clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            ControllerProposal<?> asked = new ControllerProposal<>(create("t"));
            int turn = i;

            machine.apply(10 + i, 1, ByteBuffer.wrap(bytes, 0, length), asked);

            assertThat(asked.result()).as("seed %d turn %d", seed, turn).isDone();
            if (asked.result().isCompletedExceptionally()) {
                assertThat(codeOf(asked.result()))
                        .as("seed %d turn %d", seed, turn)
                        .isNotEqualTo(ErrorCode.INTERNAL);
            }
        }
        logger.setLevel(null);
    }

    @Test
    void shouldRestoreItsCheckpoint() throws IOException {
        controller.submit(create("kept")).join();
        controller.submit(create("dead")).join();
        controller.submit(new DeleteTopic("dead", 0)).join();
        StateMachine.Checkpoint checkpoint = machine.checkpoint();
        ControllerState then = machine.state();
        controller.submit(create("later")).join();

        ControllerStateMachine other = new ControllerStateMachine();
        other.restore(new StateMachine.CheckpointMark(9, 1), checkpoint.manifest());
        other.started();

        assertThat(other.state()).isEqualTo(then);
        assertThat(other.images().current()).isEqualTo(then.image());
    }

    @Test
    void shouldRefuseADamagedCheckpoint() {
        ByteBuffer manifest = machine.checkpoint().manifest();
        StateMachine.CheckpointMark mark = new StateMachine.CheckpointMark(9, 1);

        for (int length = 0; length < manifest.limit(); length++) {
            ByteBuffer cut = manifest.slice(0, length);
            assertThatThrownBy(() -> new ControllerStateMachine().restore(mark, cut))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("index 9");
        }
        manifest.put(0, (byte) 9);
        assertThatThrownBy(() -> new ControllerStateMachine().restore(mark, manifest))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 9");
    }

    @Test
    void shouldStopCallingARemovedListener() {
        List<ClusterImage> seen = new ArrayList<>();
        java.util.function.Consumer<ClusterImage> listener = seen::add;
        controller.images().addListener(listener);
        controller.images().removeListener(listener);

        controller.submit(create("t")).join();

        assertThat(seen).hasSize(1);
    }

    private static CreateTopic create(String name) {
        return new CreateTopic(name, 2, 1, Map.of(), 0);
    }

    private static void refused(CompletableFuture<?> result, ErrorCode code) {
        assertThat(result).isCompletedExceptionally();
        assertThat(codeOf(result)).isEqualTo(code);
    }

    private static ErrorCode codeOf(CompletableFuture<?> result) {
        try {
            result.join();
            throw new AssertionError("not refused");
        } catch (CompletionException e) {
            return ((MillraceException) e.getCause()).code();
        }
    }
}
