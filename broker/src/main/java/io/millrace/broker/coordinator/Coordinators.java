package io.millrace.broker.coordinator;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupResult;
import io.millrace.broker.group.GroupState;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.shard.DataShardListener;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.Join;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The groups that this broker coordinates: those on the shards that it leads. A coordinator is made
 * when its broker begins to lead, if the group has members, or when somebody asks for the group; it
 * ends with the leadership. Thread-safe; no method blocks.
 */
public final class Coordinators implements LedGroups {

    /** How often {@link #tick} is to be called. */
    public static final Duration TICK = Vigil.PERIOD;

    private static final long CREATE_PATIENCE_S = 10;

    private final CoordinatorContext context;
    private final Map<Long, Coordinator> led = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<GroupImage>> creating = new ConcurrentHashMap<>();

    public Coordinators(CoordinatorContext context) {
        this.context = context;
        context.shards().onAdded(this::watch);
    }

    CoordinatorContext context() {
        return context;
    }

    private void watch(LocalShard shard) {
        shard.view().addListener(new Listener(shard));
        lead(shard, shard.shard().leadingTerm());
    }

    /** Called on the apply thread: hands everything over at once. */
    private final class Listener implements DataShardListener {

        private final LocalShard shard;

        Listener(LocalShard shard) {
            this.shard = shard;
        }

        @Override
        public void groupChanged(long groupId) {
            Coordinator coordinator = led.get(groupId);
            if (coordinator != null) {
                coordinator.groupChanged();
            }
        }

        @Override
        public void leaderStarted(long term) {
            lead(shard, term);
        }

        @Override
        public void leaderStopped() {
            closeStale();
        }
    }

    /** The leases of members run from now on, whether they come back or not. */
    private void lead(LocalShard shard, long term) {
        if (term == 0) {
            return;
        }
        for (GroupState group : shard.view().groups().groups().values()) {
            if (!group.members().isEmpty()) {
                coordinator(shard, term, group.groupId(), group.name());
            }
        }
        forgetDeleted(shard, context.image().get());
    }

    private void closeStale() {
        led.values()
                .removeIf(
                        coordinator -> {
                            boolean stale = coordinator.isOver() || !coordinator.leads();
                            if (stale) {
                                coordinator.close();
                            }
                            return stale;
                        });
    }

    private Coordinator coordinator(LocalShard shard, long term, long groupId, String name) {
        Coordinator coordinator =
                led.compute(
                        groupId,
                        (id, present) -> {
                            if (present != null && present.term() >= term) {
                                return present;
                            }
                            if (present != null) {
                                present.close();
                            }
                            return new Coordinator(context, shard, term, groupId, name);
                        });
        coordinator.groupChanged();
        return coordinator;
    }

    /** Time has passed. To be called every {@link #TICK}. */
    public void tick() {
        closeStale();
        led.values().forEach(Coordinator::tick);
    }

    /** The cluster map is another than before. */
    public void mapChanged(ClusterImage image) {
        led.values().forEach(Coordinator::mapChanged);
        context.shards().dataShards().forEach(shard -> forgetDeleted(shard, image));
    }

    /** Groups without members keep offsets too, and are to forget those of deleted topics. */
    private void forgetDeleted(LocalShard shard, ClusterImage image) {
        long term = shard.shard().leadingTerm();
        if (term == 0 || image.tombstones().isEmpty()) {
            return;
        }
        for (GroupState group : shard.view().groups().groups().values()) {
            boolean concerned =
                    !led.containsKey(group.groupId())
                            && group.offsets().keySet().stream()
                                    .mapToLong(PartitionKey::topicId)
                                    .anyMatch(image.tombstones()::containsKey);
            if (concerned) {
                coordinator(shard, term, group.groupId(), group.name());
            }
        }
    }

    /** Somebody wants to be a member. */
    void join(MemberSession session, Join join) {
        JoinRequest asked;
        try {
            asked = JoinRequest.checked(join, context.handshake(), session.clientAddress());
        } catch (MillraceException e) {
            session.end(e);
            return;
        }
        GroupImage known = context.image().get().groups().find(asked.group()).orElse(null);
        if (known != null) {
            join(session, asked, known);
            return;
        }
        created(asked)
                .whenComplete(
                        (group, failure) -> {
                            if (failure == null) {
                                join(session, asked, group);
                            } else {
                                session.end(Failures.known(failure));
                            }
                        });
    }

    private void join(MemberSession session, JoinRequest asked, GroupImage group) {
        if (group.queue() != asked.isQueue()) {
            session.end(
                    MillraceException.of(
                                    ErrorCode.INVALID_GROUP,
                                    "group \"%s\" is in %s mode; join in that mode, or take another name"
                                            .formatted(
                                                    group.name(),
                                                    group.queue() ? "queue" : "stream"))
                            .with("field", "mode"));
            return;
        }
        LocalShard shard = context.shards().dataShard(group.shard());
        long term = shard == null ? 0 : shard.shard().leadingTerm();
        if (term == 0) {
            session.end(notLeading(group.name(), group.shard()));
        } else {
            coordinator(shard, term, group.groupId(), group.name()).join(session, asked);
        }
    }

    /** Those who come at once for a group that is not there share one call of the controller. */
    private CompletableFuture<GroupImage> created(JoinRequest asked) {
        String key = asked.mode() + ":" + asked.group();
        CompletableFuture<GroupImage> mine = new CompletableFuture<>();
        CompletableFuture<GroupImage> present = creating.putIfAbsent(key, mine);
        if (present != null) {
            return present;
        }
        mine.orTimeout(CREATE_PATIENCE_S, TimeUnit.SECONDS)
                .whenComplete((group, failure) -> creating.remove(key, mine));
        CreateGroup create =
                new CreateGroup(
                        asked.group(),
                        asked.isQueue(),
                        Map.of(),
                        Math.max(0, context.clock().millis()));
        context.create()
                .apply(create)
                .whenComplete(
                        (group, failure) -> {
                            if (failure == null) {
                                mine.complete(group);
                            } else {
                                mine.completeExceptionally(failure);
                            }
                        });
        return mine;
    }

    @Override
    public CompletableFuture<GroupInsight> insight(long groupId) {
        try {
            LocalShard shard = shardOf(groupId);
            long term = leadingTerm(shard, groupId);
            return coordinator(shard, term, groupId, nameOf(shard, groupId)).insight();
        } catch (MillraceException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<GroupResult> propose(GroupCommand command) {
        LocalShard shard;
        long term;
        try {
            shard = shardOf(command.groupId());
            term = leadingTerm(shard, command.groupId());
        } catch (MillraceException e) {
            return CompletableFuture.failedFuture(e);
        }
        return GroupLog.propose(shard, term, command)
                .exceptionallyCompose(
                        failure -> {
                            MillraceException why = Failures.known(failure);
                            return CompletableFuture.failedFuture(
                                    Failures.isOfLeadership(why)
                                            ? context.redirects().toLeader(why, shard.shard().id())
                                            : why);
                        });
    }

    private LocalShard shardOf(long groupId) {
        for (LocalShard shard : context.shards().dataShards()) {
            if (shard.view().groups().group(groupId).isPresent()) {
                return shard;
            }
        }
        GroupImage group =
                placed(groupId)
                        .orElseThrow(
                                () ->
                                        MillraceException.of(
                                                ErrorCode.UNKNOWN_GROUP,
                                                "there is no group with the id "
                                                        + Long.toUnsignedString(groupId)));
        LocalShard shard = context.shards().dataShard(group.shard());
        if (shard == null) {
            throw notLeading(group.name(), group.shard());
        }
        return shard;
    }

    private long leadingTerm(LocalShard shard, long groupId) {
        long term = shard.shard().leadingTerm();
        if (term == 0) {
            throw notLeading(nameOf(shard, groupId), shard.shard().id());
        }
        return term;
    }

    private String nameOf(LocalShard shard, long groupId) {
        return shard.view()
                .groups()
                .group(groupId)
                .map(GroupState::name)
                .or(() -> placed(groupId).map(GroupImage::name))
                .orElse(Long.toUnsignedString(groupId));
    }

    private Optional<GroupImage> placed(long groupId) {
        return context.image().get().groups().byName().values().stream()
                .filter(one -> one.groupId() == groupId)
                .findFirst();
    }

    private MillraceException notLeading(String name, int shard) {
        return context.redirects().notLeading("group \"" + name + "\"", shard);
    }
}
