package io.millrace.broker.groups;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.group.SeekLogEntry;
import io.millrace.broker.group.SeekMove;
import io.millrace.v1.GroupMode;
import io.millrace.v1.GroupSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes groups and seeks as the protocol has them. */
final class GroupMessages {

    private GroupMessages() {}

    static GroupSummary summary(GroupImage group, int coordinatorNode) {
        return GroupSummary.newBuilder()
                .setName(group.name())
                .setGroupId(group.groupId())
                .setMode(group.queue() ? GroupMode.GROUP_MODE_QUEUE : GroupMode.GROUP_MODE_STREAM)
                .setShard(group.shard())
                .setCoordinatorNode(coordinatorNode)
                .build();
    }

    static io.millrace.v1.SeekLogEntry seek(SeekLogEntry entry, ClusterImage map) {
        return io.millrace.v1.SeekLogEntry.newBuilder()
                .setSeekId(entry.seekId())
                .setTimeMs(entry.timeMs())
                .setReason(entry.reason())
                .addAllMoves(moves(entry.moves(), map))
                .build();
    }

    /** Moves, but those of topics that are gone. */
    static List<io.millrace.v1.SeekMove> moves(List<SeekMove> moves, ClusterImage map) {
        Map<Long, String> names = new HashMap<>();
        for (TopicImage topic : map.topics().values()) {
            names.put(topic.topicId(), topic.name());
        }
        List<io.millrace.v1.SeekMove> written = new ArrayList<>(moves.size());
        for (SeekMove move : moves) {
            String topic = names.get(move.partition().topicId());
            if (topic != null) {
                written.add(move(topic, move));
            }
        }
        return written;
    }

    private static io.millrace.v1.SeekMove move(String topic, SeekMove move) {
        io.millrace.v1.SeekMove.Builder written =
                io.millrace.v1.SeekMove.newBuilder()
                        .setTopic(topic)
                        .setPartition(move.partition().partition());
        if (move.from() != SeekMove.NOTHING) {
            written.setFromOffset(move.from());
        }
        if (move.to() != SeekMove.NOTHING) {
            written.setToOffset(move.to());
        }
        return written.build();
    }
}
