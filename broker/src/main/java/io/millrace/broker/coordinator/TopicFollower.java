package io.millrace.broker.coordinator;

import io.millrace.broker.config.GroupConfig.Assignor;
import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.ReplicaImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.group.GroupCommand.TopicsChanged;
import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.Member;
import io.millrace.broker.group.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Says what a group is to be told of the cluster map. Pure. */
final class TopicFollower {

    private TopicFollower() {}

    /**
     * What a group does not know yet of the topics that its members follow, and of deleted ones;
     * empty if it knows everything, or the map is older than what it knows. Without members nobody
     * says what is followed: only deleted topics count then.
     */
    static Optional<TopicsChanged> news(GroupState group, ClusterImage image) {
        if (image.version() < group.mapVersion()) {
            return Optional.empty();
        }
        List<Long> deleted = deleted(group, image);
        List<GroupTopic> followed =
                group.members().isEmpty()
                        ? List.copyOf(group.topics().values())
                        : followed(group, image);
        boolean same = isSame(followed, group.topics().values());
        return same && deleted.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TopicsChanged(group.groupId(), image.version(), followed, deleted));
    }

    /** Only a tombstone says that a topic is gone for good. */
    private static List<Long> deleted(GroupState group, ClusterImage image) {
        Set<Long> gone = new TreeSet<>();
        if (!image.tombstones().isEmpty()) {
            group.offsets()
                    .keySet()
                    .forEach(
                            partition -> {
                                if (image.tombstones().containsKey(partition.topicId())) {
                                    gone.add(partition.topicId());
                                }
                            });
        }
        return List.copyOf(gone);
    }

    /** The names of topics that a group does not follow since it would be too much. */
    static List<String> leftOut(GroupState group, ClusterImage image) {
        if (group.members().isEmpty() || image.version() < group.mapVersion()) {
            return List.of();
        }
        List<GroupTopic> matched = matched(group, image);
        Set<String> followed = new HashSet<>();
        fitting(matched, group).forEach(topic -> followed.add(topic.name()));
        return matched.stream().map(GroupTopic::name).filter(it -> !followed.contains(it)).toList();
    }

    private static List<GroupTopic> followed(GroupState group, ClusterImage image) {
        return fitting(matched(group, image), group);
    }

    /**
     * As many as a group may follow. If there are too many it gets no further ones, but a topic too
     * many must not keep it from those that it has, which grow, and are deleted and created anew.
     */
    private static List<GroupTopic> fitting(List<GroupTopic> matched, GroupState group) {
        long all = matched.stream().mapToLong(GroupTopic::partitionCount).sum();
        if (all <= GroupLimits.MAX_PARTITIONS) {
            return matched;
        }
        Set<String> known = new HashSet<>();
        group.topics().values().forEach(topic -> known.add(topic.name()));
        List<GroupTopic> fitting = new ArrayList<>();
        long room = GroupLimits.MAX_PARTITIONS;
        for (GroupTopic topic : matched) {
            GroupTopic before = group.topics().get(topic.topicId());
            GroupTopic fits = before != null && topic.partitionCount() > room ? before : topic;
            if (known.contains(topic.name()) && fits.partitionCount() <= room) {
                room -= fits.partitionCount();
                fitting.add(fits);
            }
        }
        return fitting;
    }

    private static List<GroupTopic> matched(GroupState group, ClusterImage image) {
        Subscription all = union(group.members().values());
        boolean withRacks = group.config().assignor() == Assignor.RACK;
        List<GroupTopic> matched = new ArrayList<>();
        for (TopicImage topic : image.topics().values()) {
            if (all.matches(topic.name()) && !isOwnDeadLetters(topic, group)) {
                matched.add(
                        new GroupTopic(
                                topic.topicId(),
                                topic.name(),
                                topic.partitions().size(),
                                found(topic, all, group),
                                withRacks ? racks(topic, image) : List.of()));
            }
        }
        return matched;
    }

    /**
     * How many partitions of a topic were there when the group began to follow it. Their ids rise
     * in the order in which the controller makes them, so a map that lags behind only errs to the
     * safe side: what is thought to have come later is read from its first record on.
     */
    private static int found(TopicImage topic, Subscription all, GroupState group) {
        GroupTopic known = group.topics().get(topic.topicId());
        if (known != null) {
            return known.foundCount();
        }
        long since = Long.MAX_VALUE;
        for (String followed : all.meaning(topic.name())) {
            since = Math.min(since, group.followed().getOrDefault(followed, 0L));
        }
        int found = 0;
        for (PartitionImage partition : topic.partitions()) {
            if (partition.partitionId() <= since) {
                found++;
            }
        }
        return found;
    }

    /** A group that took back what it gave up would give it up again, for ever. */
    private static boolean isOwnDeadLetters(TopicImage topic, GroupState group) {
        return group.mode() == GroupMode.QUEUE
                && topic.name().equals(GroupImage.deadLetterTopic(group.name()));
    }

    /** What any of them follows; most members of a group follow the same. */
    private static Subscription union(Collection<Member> members) {
        Set<Subscription> different = new HashSet<>();
        members.forEach(member -> different.add(member.subscription()));
        if (different.size() == 1) {
            return different.iterator().next();
        }
        return Subscription.of(
                different.stream().flatMap(one -> one.topics().stream()).distinct().toList());
    }

    private static boolean isSame(Collection<GroupTopic> some, Collection<GroupTopic> others) {
        Map<Long, GroupTopic> byId = new HashMap<>();
        some.forEach(topic -> byId.put(topic.topicId(), topic));
        return some.size() == others.size()
                && others.stream().allMatch(topic -> topic.equals(byId.get(topic.topicId())));
    }

    private static List<List<String>> racks(TopicImage topic, ClusterImage image) {
        return topic.partitions().stream().map(partition -> racks(partition, image)).toList();
    }

    /**
     * The rack of the replica that is to lead, since members read from leaders; those of the others
     * if it is not known. As the map has it, not who leads at the moment: a fail-over is no reason
     * to move partitions.
     */
    private static List<String> racks(PartitionImage partition, ClusterImage image) {
        List<String> racks =
                image.shard(partition.shard()).stream()
                        .flatMap(shard -> shard.lasting().stream())
                        .map(replica -> rack(replica, image))
                        .toList();
        if (!racks.isEmpty() && !racks.get(0).isEmpty()) {
            return List.of(racks.get(0));
        }
        return racks.stream().filter(rack -> !rack.isEmpty()).distinct().toList();
    }

    private static String rack(ReplicaImage replica, ClusterImage image) {
        return image.broker(replica.nodeId()).map(BrokerImage::rack).orElse("");
    }
}
