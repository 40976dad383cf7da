package io.millrace.broker.groups;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.metrics.GroupReading;
import io.millrace.broker.metrics.GroupReading.Lag;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at all groups that this broker coordinates, for metrics: a scrape must not
 * wait for other brokers. Thread-safe; no method blocks.
 */
public final class GroupWatch {

    /** How often {@link #look} is to be called: what is told is at most a little older. */
    public static final Duration PERIOD = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(GroupWatch.class);

    /** How many groups are looked at at a time, so that a broker that hangs holds up few. */
    private static final int AT_A_TIME = 8;

    private static final String PREFIX = "VERDICT_";

    private final Supplier<ClusterImage> image;
    private final GroupAdmin admin;
    private final Map<String, GroupReading> newest = new ConcurrentSkipListMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();

    public GroupWatch(Supplier<ClusterImage> image, GroupAdmin admin) {
        this.image = image;
        this.admin = admin;
    }

    /** Begins a round, unless the one before is not over. */
    public void look() {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        List<GroupImage> here = here();
        Set<String> names = here.stream().map(GroupImage::name).collect(Collectors.toSet());
        newest.keySet().retainAll(names);
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int lane = 0; lane < AT_A_TIME; lane++) {
            CompletableFuture<Void> after = CompletableFuture.completedFuture(null);
            for (int i = lane; i < here.size(); i += AT_A_TIME) {
                GroupImage group = here.get(i);
                after = after.thenCompose(done -> look(group));
            }
            lanes.add(after);
        }
        CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new))
                .whenComplete((done, error) -> looking.set(false));
    }

    private List<GroupImage> here() {
        return image.get().groups().byName().values().stream().filter(admin::isHere).toList();
    }

    private CompletableFuture<Void> look(GroupImage group) {
        CompletableFuture<DescribeGroupResponse> described;
        try {
            described =
                    admin.describe(
                            DescribeGroupRequest.newBuilder().setGroup(group.name()).build(), true);
        } catch (RuntimeException e) {
            described = CompletableFuture.failedFuture(e);
        }
        return described.handle(
                (seen, failure) -> {
                    if (failure == null) {
                        newest.put(group.name(), reading(seen));
                    } else {
                        // It is coordinated elsewhere by now, or deleted, or not open yet.
                        newest.remove(group.name());
                        LOG.debug("a group could not be looked at group={}", group.name(), failure);
                    }
                    return null;
                });
    }

    /** How the groups stood that are coordinated here. */
    public Collection<GroupReading> readings() {
        Set<String> here = here().stream().map(GroupImage::name).collect(Collectors.toSet());
        return newest.values().stream().filter(one -> here.contains(one.group())).toList();
    }

    private static GroupReading reading(DescribeGroupResponse seen) {
        Map<String, Lag> lags = new HashMap<>();
        Map<String, Integer> verdicts = new HashMap<>();
        for (GroupPartition one : seen.getPartitionsList()) {
            String verdict =
                    one.getVerdict().name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
            verdicts.merge(verdict, 1, Integer::sum);
            if (one.hasLagRecords()) {
                lags.merge(one.getTopic(), new Lag(one.getLagRecords(), one.getLagMs()), Lag::plus);
            }
        }
        return new GroupReading(
                seen.getGroup().getName(),
                seen.getMembersCount(),
                seen.getPaused(),
                lags,
                verdicts);
    }
}
