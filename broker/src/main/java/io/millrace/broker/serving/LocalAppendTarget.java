package io.millrace.broker.serving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.publishing.AppendTarget;
import io.millrace.broker.shard.AppendLane;
import io.millrace.broker.shard.AppendResult;
import io.millrace.broker.shard.PartitionView;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** One publish stream's way into a partition held here. Used by one thread at a time. */
final class LocalAppendTarget implements AppendTarget {

    private final LocalShard shard;
    private final PartitionView partition;
    private final Redirects redirects;
    private final Supplier<MillraceException> gone;
    private AppendLane lane;

    /**
     * @param gone says what has become of a partition that the shard does not know any more
     */
    LocalAppendTarget(
            LocalShard shard,
            PartitionView partition,
            Redirects redirects,
            Supplier<MillraceException> gone) {
        this.shard = shard;
        this.partition = partition;
        this.redirects = redirects;
        this.gone = gone;
    }

    @Override
    public int maxBatchBytes() {
        return partition.config().maxBatchBytes();
    }

    @Override
    public long leadingTerm() {
        return shard.shard().leadingTerm();
    }

    @Override
    public MillraceException notLeading(String name) {
        return redirects.notLeading(name, shard.shard().id());
    }

    @Override
    public void append(long term, ByteBuffer batch, long deadlineNanos, AppendCallback callback) {
        if (lane == null) {
            lane = new AppendLane(partition.partitionId(), term);
        }
        shard.writer().append(lane, batch, deadlineNanos, result -> answer(result, callback));
    }

    private void answer(AppendResult result, AppendCallback callback) {
        if (result instanceof AppendResult.Appended appended) {
            callback.stored(appended.baseOffset(), appended.leaderEpoch(), appended.appendTimeMs());
        } else if (result instanceof AppendResult.Duplicate duplicate) {
            callback.duplicate(
                    duplicate.baseOffset(), duplicate.leaderEpoch(), duplicate.appendTimeMs());
        } else {
            AppendResult.Refused refused = (AppendResult.Refused) result;
            callback.refused(failure(refused));
        }
    }

    private MillraceException failure(AppendResult.Refused refused) {
        if (refused.code() == ErrorCode.UNKNOWN_PARTITION) {
            return gone.get();
        }
        MillraceException failure = MillraceException.of(refused.code(), refused.message());
        return refused.code() == ErrorCode.NOT_LEADER || refused.code() == ErrorCode.OUTCOME_UNKNOWN
                ? redirects.toLeader(failure, shard.shard().id())
                : failure;
    }
}
