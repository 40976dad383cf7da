package io.millrace.broker.groups;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.coordinator.GroupInsight;
import io.millrace.broker.group.CommittedOffset;
import io.millrace.broker.group.GroupState;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes groups. A group whose coordinator cannot be asked is described from a replica, here or
 * elsewhere, with that said of every partition; partition leaders that cannot be asked leave their
 * rows without numbers. Only where nothing at all is known of a group does it fail. Thread-safe; no
 * method blocks.
 */
final class GroupDescriber {

    private static final Logger LOG = LoggerFactory.getLogger(GroupDescriber.class);

    private final Supplier<ClusterImage> image;
    private final GroupCatalog catalog;
    private final CoordinatorRoute route;
    private final PartitionSurvey survey;
    private final RemoteGroups remote;
    private final Executor executor;

    GroupDescriber(
            Supplier<ClusterImage> image,
            GroupCatalog catalog,
            CoordinatorRoute route,
            PartitionSurvey survey,
            RemoteGroups remote,
            Executor executor) {
        this.image = image;
        this.catalog = catalog;
        this.route = route;
        this.survey = survey;
        this.remote = remote;
        this.executor = executor;
    }

    CompletableFuture<DescribeGroupResponse> describe(
            DescribeGroupRequest request, boolean forwarded) {
        GroupImage group = catalog.find(request.getGroup());
        if (route.isHere(group)) {
            return route.insight(group)
                    .thenCompose(it -> report(group, it.group(), Optional.of(it)))
                    .exceptionallyCompose(e -> withoutCoordinator(group, forwarded, e));
        }
        String address = route.address(group);
        if (forwarded || address.isEmpty()) {
            return forwarded && !address.isEmpty()
                    ? CompletableFuture.failedFuture(route.notHere(group))
                    : withoutCoordinator(group, forwarded, route.notHere(group));
        }
        return remote.describe(address, request)
                .exceptionallyCompose(e -> withoutCoordinator(group, false, e));
    }

    private CompletableFuture<DescribeGroupResponse> withoutCoordinator(
            GroupImage group, boolean forwarded, Throwable why) {
        Throwable cause = CoordinatorRoute.causeOf(why);
        LOG.debug("the coordinator cannot be asked group={}", group.name(), cause);
        Optional<GroupState> replica = route.replica(group);
        if (replica.isPresent()) {
            return report(group, replica.get(), Optional.empty());
        }
        String elsewhere = forwarded ? "" : route.replicaAddress(group);
        if (elsewhere.isEmpty() || elsewhere.equals(route.address(group))) {
            return CompletableFuture.failedFuture(cause);
        }
        return remote.describe(
                elsewhere, DescribeGroupRequest.newBuilder().setGroup(group.name()).build());
    }

    private CompletableFuture<DescribeGroupResponse> report(
            GroupImage group, GroupState state, Optional<GroupInsight> insight) {
        ClusterImage map = image.get();
        Map<PartitionImage, OptionalLong> wanted = new HashMap<>();
        for (ListedPartition one : ListedPartition.of(state, map)) {
            CommittedOffset committed = state.offsets().get(one.key());
            wanted.put(
                    one.image(),
                    committed == null ? OptionalLong.empty() : OptionalLong.of(committed.offset()));
        }
        return survey.look(group.groupId(), wanted, group.queue())
                .thenApplyAsync(
                        seen ->
                                new GroupReport(
                                                group,
                                                map,
                                                catalog.summary(group).getCoordinatorNode(),
                                                state,
                                                insight,
                                                seen)
                                        .draw(),
                        executor);
    }
}
