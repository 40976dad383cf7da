package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.shard.WriteGate;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FatalListenerTest {

    private final List<String> fatal = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final AtomicInteger leaderChanges = new AtomicInteger();
    private long now = -1_000;
    private final WriteGate gate = new WriteGate();
    private final FatalListener listener =
            new FatalListener(
                    new RaftListener() {},
                    gate,
                    fatal::add,
                    (shard, reason) -> lost.add(shard + ": " + reason),
                    leaderChanges::incrementAndGet,
                    () -> now);

    @Test
    void shouldRefuseWritesWhileTheWriteAheadLogHasNoSpaceToGrow() {
        listener.walSpaceChanged("No space left on device");
        assertThat(gate.isOpen()).isFalse();
        assertThat(gate.problem()).contains("No space left on device").contains("free space");
        assertThat(fatal).isEmpty();

        listener.walSpaceChanged("");
        assertThat(gate.isOpen()).isTrue();
        assertThat(gate.problem()).isEmpty();
    }

    @Test
    void shouldStayClosedForAFullDiskWhenTheLogHasSpaceAgain() {
        gate.close(ErrorCode.DISK_FULL, "the disk is full");
        listener.walSpaceChanged("No space left on device");
        listener.walSpaceChanged("");

        assertThat(gate.problem()).isEqualTo("the disk is full");
    }

    @Test
    void shouldTellThatAShardMayHaveAnotherLeader() {
        listener.leaderChanged(3);
        assertThat(leaderChanges).hasValue(1);
    }

    @Test
    void shouldSayHowLongTheDiskHasHungSoFar() {
        listener.stalled(500);
        now += 100;
        assertThat(listener.stalledNanos()).isEqualTo(600);

        listener.recovered();
        assertThat(listener.stalledNanos()).isZero();
    }

    @Test
    void shouldEndTheBrokerWhenTheLogFails() {
        listener.fatal("a force failed", new IOException("EIO"));

        assertThat(fatal).singleElement().asString().contains("a force failed").contains("EIO");
    }

    @Test
    void shouldPassOnWhatIsCounted() {
        List<String> heard = new ArrayList<>();
        RaftListener metrics =
                new RaftListener() {
                    @Override
                    public void entryRead(boolean fromDisk, int bytes) {
                        heard.add(fromDisk + " " + bytes);
                    }
                };
        new FatalListener(metrics, gate, fatal::add, (shard, reason) -> {}, () -> {}, () -> now)
                .entryRead(true, 12);

        assertThat(heard).containsExactly("true 12");
    }
}
