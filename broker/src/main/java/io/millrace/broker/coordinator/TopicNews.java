package io.millrace.broker.coordinator;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.PersistentMap;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a group what its subscriptions match. Used on the coordinator's lane. */
final class TopicNews {

    private static final Logger LOG = LoggerFactory.getLogger(TopicNews.class);

    private static final int NAMED = 10;

    /** What was looked at: the same things yield the same news. */
    private record Looked(
            ClusterImage image,
            PersistentMap<String, Member> members,
            PersistentMap<Long, GroupTopic> topics,
            GroupConfig config) {

        boolean isAt(GroupState group, ClusterImage present) {
            return image == present
                    && members == group.members()
                    && topics == group.topics()
                    && config == group.config();
        }
    }

    private final GroupLog log;
    private Looked looked;
    private List<String> leftOut = List.of();
    private boolean underWay;

    TopicNews(GroupLog log) {
        this.log = log;
    }

    /** Proposes what the group does not know. To be called on changes, and with every tick. */
    void tell(GroupState group, ClusterImage image) {
        if (underWay || looked != null && looked.isAt(group, image)) {
            return;
        }
        looked = new Looked(image, group.members(), group.topics(), group.config());
        warn(group, TopicFollower.leftOut(group, image));
        TopicFollower.news(group, image)
                .ifPresent(
                        news -> {
                            underWay = true;
                            log.propose(
                                    news,
                                    told -> underWay = false,
                                    failure -> failed(group, failure));
                        });
    }

    /** Whether the group knows what there was when {@link #tell} was called last. */
    boolean isTold() {
        return !underWay && looked != null;
    }

    /** The names of topics that are too many, as of the last {@link #tell}. */
    List<String> leftOut() {
        return leftOut;
    }

    private void warn(GroupState group, List<String> tooMany) {
        if (!tooMany.isEmpty() && !tooMany.equals(leftOut)) {
            LOG.warn(
                    "group={} matches more than {} partitions and does not follow topics={} {};"
                            + " narrow its patterns, or share the topics among groups",
                    group.name(),
                    GroupLimits.MAX_PARTITIONS,
                    tooMany.size(),
                    tooMany.stream().limit(NAMED).toList());
        }
        leftOut = tooMany;
    }

    private void failed(GroupState group, MillraceException failure) {
        underWay = false;
        if (failure.code() == ErrorCode.INVALID_GROUP) {
            // As long as nothing changes it would be refused again.
            LOG.warn("group={} keeps its topics: {}", group.name(), failure.getMessage());
        } else {
            looked = null;
        }
    }
}
