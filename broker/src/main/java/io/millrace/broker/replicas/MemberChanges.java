package io.millrace.broker.replicas;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmMembers;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.MembersPlan;
import io.millrace.broker.controller.ShardImage;
import io.millrace.raft.Member;
import io.millrace.raft.Members;
import io.millrace.raft.Shard;
import io.millrace.raft.ShardMembers;
import io.millrace.raft.ShardStatus;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the members of the shards led here to what the map wants, one step a shard at a time, and
 * tells the controller what is in force. To be asked on every change of the map and once a second;
 * one thread at a time.
 */
public final class MemberChanges {

    private static final Logger LOG = LoggerFactory.getLogger(MemberChanges.class);

    private final Supplier<ClusterImage> image;
    private final Supplier<? extends Collection<? extends Shard>> shards;
    private final IntFunction<ShardMembers> members;
    private final Function<ControllerCommand<?>, CompletableFuture<?>> controller;
    private final Set<Integer> busy = ConcurrentHashMap.newKeySet();

    /**
     * @param shards the replicas of this broker
     * @param members the way to change a shard's members through the replica here
     * @param controller has a command ordered and applied, wherever the controller is led
     */
    public MemberChanges(
            Supplier<ClusterImage> image,
            Supplier<? extends Collection<? extends Shard>> shards,
            IntFunction<ShardMembers> members,
            Function<ControllerCommand<?>, CompletableFuture<?>> controller) {
        this.image = image;
        this.shards = shards;
        this.members = members;
        this.controller = controller;
    }

    /** Takes the next step of each shard that is led here and has none under way. */
    public void look() {
        ClusterImage now = image.get();
        for (Shard shard : shards.get()) {
            ShardImage wanted = now.shards().get(shard.id());
            long term = shard.leadingTerm();
            if (wanted != null && term != 0 && busy.add(shard.id())) {
                step(wanted, shard, term).whenComplete((done, error) -> stepped(shard.id(), error));
            }
        }
    }

    private CompletableFuture<?> step(ShardImage wanted, Shard shard, long term) {
        try {
            ShardStatus status = shard.status();
            Members inForce = status.members();
            Optional<Members> next =
                    MembersPlan.next(wanted, inForce, member -> answers(member, status));
            if (next.isPresent()) {
                LOG.info(
                        "shard {}: members are to become {}, they are {}",
                        shard.id(),
                        next.get(),
                        inForce);
                return members.apply(shard.id()).changeMembers(next.get(), term);
            }
            ConfirmMembers confirm =
                    ConfirmMembers.of(shard.id(), term, status.commitIndex(), inForce);
            return confirm.isNewsTo(wanted)
                    ? controller.apply(confirm)
                    : CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** This replica itself, and whoever has said something a moment ago. */
    private static boolean answers(Member member, ShardStatus status) {
        return status.followers().stream()
                .filter(follower -> follower.member().equals(member))
                .allMatch(follower -> follower.silentMs() <= LeaderChoice.SILENT_MS);
    }

    private void stepped(int shard, Throwable error) {
        busy.remove(shard);
        if (error != null) {
            LOG.info(
                    "shard {}: a change of its members failed, tried again: {}",
                    shard,
                    error.toString());
        }
    }
}
