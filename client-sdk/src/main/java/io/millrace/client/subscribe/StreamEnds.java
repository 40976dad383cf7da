package io.millrace.client.subscribe;

import io.millrace.client.choice.Balancer;
import io.millrace.client.cluster.Cluster;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.SubscribeEnd;
import java.util.List;

/** What follows from the end of a stream. Guarded by its owner's lock. */
final class StreamEnds {

    private final Cluster cluster;
    private final boolean changing;

    /**
     * @param changing whether partitions come and go, by the word of somebody else
     */
    StreamEnds(Cluster cluster, boolean changing) {
        this.cluster = cluster;
        this.changing = changing;
    }

    /**
     * Notes what a broker's end tells of where to go on.
     *
     * @param cursor what it is about; null: everything, or what is not followed any more
     * @return why it ended, and whether going on can cure it
     */
    MillraceException explain(SubscribeStream stream, SubscribeEnd end, Cursor cursor) {
        MillraceException why =
                WireError.fromDetail(end.getError()).with("broker", stream.address());
        List<Cursor> concerned = cursor == null ? stream.cursors() : List.of(cursor);
        if (cursor == null && end.getHandle() != 0) {
            // About a partition that was given up: nothing is wrong with the others.
            concerned = List.of();
            why = why.withRetry(Retry.REFRESH);
        } else if (changing && isAboutTopic(why)) {
            // Whoever says what to follow will say so.
            why = why.withRetry(Retry.REFRESH);
        }
        String leader = why.leader().orElse("");
        if (!leader.isEmpty()) {
            sendTo(leader, concerned, stream);
        }
        return tryElsewhere(stream, concerned, why);
    }

    private static boolean isAboutTopic(MillraceException why) {
        return switch (why.code()) {
            case UNKNOWN_TOPIC, UNKNOWN_PARTITION, TOPIC_RECREATED -> true;
            default -> false;
        };
    }

    /** Follows a broker's word for who leads, or who is further. */
    private void sendTo(String leader, List<Cursor> concerned, SubscribeStream stream) {
        if (leader.equals(stream.address())) {
            return;
        }
        for (Cursor cursor : concerned) {
            cluster.hint(cursor.shard(), leader);
            if (!cursor.notAvoided(List.of(leader)).isEmpty()) {
                cursor.redirect(leader);
            }
        }
    }

    /** What one replica cannot give, another one may. */
    private MillraceException tryElsewhere(
            SubscribeStream stream, List<Cursor> concerned, MillraceException why) {
        if (why.code() != ErrorCode.BEHIND && why.code() != ErrorCode.CORRUPT_LOG) {
            return why;
        }
        boolean others = true;
        for (Cursor cursor : concerned) {
            cursor.avoid(stream.address());
            others &= !cursor.notAvoided(cluster.view().replicaAddresses(cursor.shard())).isEmpty();
        }
        return others && why.code() == ErrorCode.CORRUPT_LOG ? why.withRetry(Retry.REFRESH) : why;
    }

    /** Tells the policy what it was. */
    static void judge(SubscribeStream stream, MillraceException why) {
        boolean isItsFault = why.code() == ErrorCode.NOT_READY || !stream.isStarted();
        for (Balancer.Call choice : stream.choices()) {
            if (isItsFault) {
                // Once: the others are about the same failure.
                choice.failed();
                isItsFault = false;
            } else {
                choice.ended();
            }
        }
    }
}
