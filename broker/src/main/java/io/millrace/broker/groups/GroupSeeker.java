package io.millrace.broker.groups;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.coordinator.LedGroups;
import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.GroupCommand.PauseGroup;
import io.millrace.broker.group.GroupCommand.SeekOffsets;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupResult.Refused;
import io.millrace.broker.group.GroupResult.Sought;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.groups.SeekPlan.Bounds;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FoundOffset;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Moves the offsets of groups that this broker coordinates. Thread-safe; no method blocks. */
final class GroupSeeker {

    private final Supplier<ClusterImage> image;
    private final LocalShards shards;
    private final LedGroups led;
    private final GroupCatalog catalog;
    private final CoordinatorRoute route;
    private final PartitionAdmin partitions;
    private final RemoteGroups remote;
    private final Clock clock;

    GroupSeeker(
            Supplier<ClusterImage> image,
            LocalShards shards,
            LedGroups led,
            GroupCatalog catalog,
            CoordinatorRoute route,
            PartitionAdmin partitions,
            RemoteGroups remote,
            Clock clock) {
        this.image = image;
        this.shards = shards;
        this.led = led;
        this.catalog = catalog;
        this.route = route;
        this.partitions = partitions;
        this.remote = remote;
        this.clock = clock;
    }

    CompletableFuture<SeekGroupResponse> seek(GroupImage group, SeekGroupRequest request) {
        if (group.queue()) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group \"%s\" is in queue mode: what it has done is a set of records, which has no offset to move; redrive its dead letters, or read again with another group"
                                    .formatted(group.name()))
                    .with("field", "group");
        }
        ClusterImage map = image.get();
        Collection<SeekWish> wishes = SeekWish.of(request.getTargetsList(), this::topic);
        return route.insight(group)
                .thenCompose(insight -> plan(wishes, committed(insight.group().offsets())))
                .thenCompose(
                        plan ->
                                move(
                                        new SeekOffsets(
                                                group.groupId(),
                                                clock.millis(),
                                                map.version(),
                                                plan.resolve(wishes),
                                                request.getReason()),
                                        group,
                                        request.getValidateOnly()));
    }

    private TopicImage topic(String name) {
        return image.get()
                .topic(name)
                .orElseThrow(
                        () ->
                                MillraceException.of(
                                                ErrorCode.UNKNOWN_TOPIC,
                                                "there is no topic \"%s\"".formatted(name))
                                        .with("field", "targets.topic")
                                        .with("topic", name));
    }

    /** Finds out all that the plan needs. */
    private CompletableFuture<SeekPlan> plan(
            Collection<SeekWish> wishes, Map<PartitionKey, Long> committed) {
        Map<PartitionKey, Long> starts = new ConcurrentHashMap<>();
        Map<PartitionKey, Long> ends = new ConcurrentHashMap<>();
        Map<PartitionKey, Long> times = new ConcurrentHashMap<>();
        Map<String, Map<PartitionKey, Long>> others = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        // The start first: a log that grows meanwhile only makes more offsets valid.
        byTopic(wishes, SeekWish::needsBounds)
                .forEach(
                        (topic, some) ->
                                asked.add(
                                        find(find(topic).setEarliest(true), some, starts)
                                                .thenCompose(
                                                        found ->
                                                                find(
                                                                        find(topic).setLatest(true),
                                                                        some,
                                                                        ends))));
        byTopic(wishes, SeekWish::needsTime)
                .forEach((topic, some) -> asked.addAll(findTimes(topic, some, times)));
        wishes.stream()
                .filter(wish -> wish.target().hasAsGroup())
                .map(wish -> wish.target().getAsGroup())
                .distinct()
                .forEach(
                        name ->
                                asked.add(
                                        committedBy(name).thenAccept(it -> others.put(name, it))));
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> {
                            Map<PartitionKey, Bounds> bounds = new HashMap<>();
                            ends.forEach(
                                    (key, end) ->
                                            bounds.put(
                                                    key,
                                                    new Bounds(
                                                            Math.min(starts.get(key), end), end)));
                            return new SeekPlan(bounds, times, committed, others);
                        });
    }

    private static Map<String, List<SeekWish>> byTopic(
            Collection<SeekWish> wishes, Predicate<SeekWish> wanted) {
        Map<String, List<SeekWish>> byTopic = new TreeMap<>();
        wishes.stream()
                .filter(wanted)
                .forEach(
                        wish ->
                                byTopic.computeIfAbsent(wish.topic(), topic -> new ArrayList<>())
                                        .add(wish));
        return byTopic;
    }

    private List<CompletableFuture<Void>> findTimes(
            String topic, List<SeekWish> wishes, Map<PartitionKey, Long> times) {
        Map<Long, List<SeekWish>> byTime = new TreeMap<>();
        for (SeekWish wish : wishes) {
            byTime.computeIfAbsent(
                            wish.target().getPosition().getTimestampMs(), at -> new ArrayList<>())
                    .add(wish);
        }
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        byTime.forEach((at, some) -> asked.add(find(find(topic).setTimestampMs(at), some, times)));
        return asked;
    }

    private static FindOffsetsRequest.Builder find(String topic) {
        return FindOffsetsRequest.newBuilder().setName(topic);
    }

    /** Linearizable: what was acknowledged before counts. */
    private CompletableFuture<Void> find(
            FindOffsetsRequest.Builder request,
            List<SeekWish> wishes,
            Map<PartitionKey, Long> found) {
        wishes.forEach(wish -> request.addPartitions(wish.partition().partition()));
        long topicId = wishes.get(0).partition().topicId();
        return partitions
                .find(request.build(), false)
                .thenAccept(
                        response -> {
                            for (FoundOffset one : response.getOffsetsList()) {
                                found.put(
                                        new PartitionKey(topicId, one.getPartition()),
                                        one.getOffset());
                            }
                        });
    }

    /** What another group has committed, wherever it is coordinated. */
    private CompletableFuture<Map<PartitionKey, Long>> committedBy(String name) {
        GroupImage other = catalog.find(name);
        if (other.queue()) {
            throw SeekWish.invalid(
                    "targets.as_group",
                    "group \"%s\" is in queue mode and has no offsets; name a group in stream mode"
                            .formatted(name));
        }
        return route.go(
                other,
                false,
                () -> route.insight(other).thenApply(it -> committed(it.group().offsets())),
                address ->
                        remote.describe(
                                        address,
                                        DescribeGroupRequest.newBuilder().setGroup(name).build())
                                .thenApply(
                                        described -> {
                                            Map<PartitionKey, Long> offsets = new HashMap<>();
                                            described.getPartitionsList().stream()
                                                    .filter(one -> one.hasCommittedOffset())
                                                    .forEach(
                                                            one ->
                                                                    offsets.put(
                                                                            new PartitionKey(
                                                                                    one
                                                                                            .getTopicId(),
                                                                                    one
                                                                                            .getPartition()),
                                                                            one
                                                                                    .getCommittedOffset()));
                                            return offsets;
                                        }));
    }

    private static Map<PartitionKey, Long> committed(Map<PartitionKey, CommittedOffset> offsets) {
        Map<PartitionKey, Long> committed = new HashMap<>();
        offsets.forEach((key, one) -> committed.put(key, one.offset()));
        return committed;
    }

    private CompletableFuture<SeekGroupResponse> move(
            SeekOffsets command, GroupImage group, boolean validateOnly) {
        LocalShard shard = shards.dataShard(group.shard());
        if (shard == null) {
            return CompletableFuture.failedFuture(route.notHere(group));
        }
        // The rules are those of the state itself; what it refuses never becomes an entry.
        GroupTable groups = shard.view().groups();
        GroupResult planned = groups.apply(command).result();
        if (planned instanceof Refused refused) {
            return validateOnly && refused.code() == ErrorCode.GROUP_IN_USE
                    ? CompletableFuture.completedFuture(ifPaused(groups, command, refused))
                    : CompletableFuture.failedFuture(refusal(refused));
        }
        return validateOnly
                ? CompletableFuture.completedFuture(response((Sought) planned, false).build())
                : led.propose(command).thenApply(done -> response((Sought) done, true).build());
    }

    /** What is to be moved is best looked at before the group is paused for it. */
    private SeekGroupResponse ifPaused(GroupTable groups, SeekOffsets command, Refused refused) {
        GroupTable paused = groups.apply(new PauseGroup(command.groupId(), true)).next();
        return response((Sought) paused.apply(command).result(), false)
                .setObstacle(refused.message())
                .build();
    }

    private static MillraceException refusal(Refused refused) {
        MillraceException failure = MillraceException.of(refused.code(), refused.message());
        boolean invalid = refused.code() == ErrorCode.INVALID_ARGUMENT;
        return invalid
                ? failure.with(
                        "field", refused.message().startsWith("reason") ? "reason" : "targets")
                : failure;
    }

    private SeekGroupResponse.Builder response(Sought sought, boolean done) {
        return SeekGroupResponse.newBuilder()
                .addAllMoves(GroupMessages.moves(sought.entry().moves(), image.get()))
                .setSeekId(done ? sought.entry().seekId() : 0);
    }
}
