package io.millrace.broker.command.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.cli.CommandException;
import io.millrace.client.MillraceClient;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupMode;
import io.millrace.client.admin.group.GroupPartition;
import io.millrace.client.admin.group.MemberInfo;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** The group of two that follows the demo's events. Confined to one thread, but for the ends. */
final class DemoGroup implements AutoCloseable {

    /** How long a member may be silent: what is left of it is given to the other one then. */
    static final Duration LEASE = Duration.ofSeconds(3);

    private static final String NAME = "demo";
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(60);
    private static final long LOOK_MS = 50;

    private final List<ChildMember> members;
    private final LongSupplier nanoTime;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    /**
     * @param directory where the members' logs go
     * @param taker is given a member's name and each record that it prints
     */
    DemoGroup(Path directory, BiConsumer<String, JsonNode> taker, LongSupplier nanoTime) {
        this.members =
                List.of(
                        new ChildMember("member-1", directory, taker, this::fail),
                        new ChildMember("member-2", directory, taker, this::fail));
        this.nanoTime = nanoTime;
    }

    /**
     * Starts both members and waits until they share all partitions.
     *
     * @return by name what each has
     */
    Map<String, Set<Integer>> start(
            MillraceClient client, String address, String topic, int partitions)
            throws IOException {
        client.admin()
                .groups()
                .set(
                        NAME,
                        GroupMode.STREAM,
                        Map.of("lease.ms", LEASE.toMillis() + "ms"),
                        List.of());
        for (ChildMember member : members) {
            member.start(address, topic, NAME);
        }
        long deadline = nanoTime.getAsLong() + JOIN_TIMEOUT.toNanos();
        while (true) {
            Map<String, Set<Integer>> held = held(client);
            if (held.size() == members.size()
                    && held.values().stream().mapToInt(Set::size).sum() == partitions
                    && held.values().stream().noneMatch(Set::isEmpty)) {
                return held;
            }
            if (nanoTime.getAsLong() > deadline) {
                throw new CommandException(
                        "the demo's members have not shared the partitions within "
                                + JOIN_TIMEOUT.toSeconds()
                                + " s: "
                                + held);
            }
            watch(LOOK_MS);
        }
    }

    /** By name what each member has at this moment. */
    static Map<String, Set<Integer>> held(MillraceClient client) {
        GroupDescription group;
        try {
            group = client.admin().groups().describe(NAME);
        } catch (MillraceException e) {
            if (e.code() == ErrorCode.UNKNOWN_GROUP) {
                return Map.of();
            }
            throw e;
        }
        Map<String, Set<Integer>> held = new TreeMap<>();
        for (MemberInfo member : group.members()) {
            Set<Integer> own = new TreeSet<>();
            for (GroupPartition partition : group.partitions()) {
                if (partition.memberId().equals(member.memberId())) {
                    own.add(partition.partition());
                }
            }
            held.put(member.instanceId(), own);
        }
        return held;
    }

    /**
     * Lets time pass, and looks that both members live.
     *
     * @throws RuntimeException at once when a member has ended that was not killed
     */
    void watch(long millis) {
        try {
            failure.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // All is well.
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("the demo was interrupted", e);
        }
    }

    private void fail(RuntimeException why) {
        failure.completeExceptionally(why);
    }

    /** The member that is to die. */
    ChildMember victim() {
        return members.get(0);
    }

    /** Kills both. Any thread may call it. */
    void killForGood() {
        members.forEach(ChildMember::killForGood);
    }

    @Override
    public void close() {
        members.forEach(ChildMember::close);
    }
}
