package io.millrace.broker.shard;

import io.millrace.broker.shard.AppendResult.Refused;
import io.millrace.broker.shard.CommandResult.Appends;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Batches that travel as one Raft entry. */
final class EntryProposal implements ShardProposal {

    private final ByteBuffer data;
    private final List<PendingAppend> appends;
    private final ShardWriter writer;
    private final AtomicBoolean over = new AtomicBoolean();

    EntryProposal(ByteBuffer data, List<PendingAppend> appends, ShardWriter writer) {
        this.data = data;
        this.appends = appends;
        this.writer = writer;
    }

    @Override
    public ByteBuffer data() {
        return data;
    }

    List<PendingAppend> appends() {
        return appends;
    }

    @Override
    public void applied(CommandResult result) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        if (result instanceof Appends done && done.results().size() == appends.size()) {
            for (int i = 0; i < appends.size(); i++) {
                appends.get(i).settle(done.results().get(i));
            }
        } else {
            // The shard could not read its own entry: nothing of it was applied.
            Refused refused = ProposalFailure.unread(result);
            appends.forEach(append -> append.settle(refused));
        }
        writer.over(this, true);
    }

    @Override
    public void failed(Outcome outcome, String reason) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        Refused refused = new Refused(ProposalFailure.codeOf(outcome), reason);
        appends.forEach(append -> append.settle(refused));
        writer.over(this, false);
    }
}
