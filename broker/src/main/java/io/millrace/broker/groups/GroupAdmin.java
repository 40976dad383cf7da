package io.millrace.broker.groups;

import io.millrace.broker.cluster.LocalShards;
import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.CreateGroup;
import io.millrace.broker.controller.DeleteGroup;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.SetGroup;
import io.millrace.broker.coordinator.GroupInsight;
import io.millrace.broker.coordinator.LedGroups;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.broker.topics.PlacementReconciler;
import io.millrace.protocol.GroupName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.GroupMode;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.ResumeQueuesRequest;
import io.millrace.v1.ResumeQueuesResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.SetGroupResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Lists, describes and changes consumer groups, wherever they are coordinated: what the coordinator
 * alone can do is passed on to it. Thread-safe; no method blocks. Every future ends within 40 s,
 * and fails with a MillraceException.
 *
 * <p>The parameter {@code forwarded} of methods says whether another broker asks: then nobody else
 * is asked in turn.
 */
public final class GroupAdmin {

    /** How many members a refusal names. */
    private static final int MAX_NAMED = 3;

    private final Controller controller;
    private final LedGroups led;
    private final GroupCatalog catalog;
    private final CoordinatorRoute route;
    private final PartitionInspector inspector;
    private final PartitionSurvey survey;
    private final RemoteGroups remote;
    private final GroupDescriber describer;
    private final GroupSeeker seeker;
    private final Clock clock;

    /**
     * @param executor runs short tasks
     */
    public GroupAdmin(
            Controller controller,
            LocalShards shards,
            LedGroups led,
            Redirects redirects,
            PlacementReconciler reconciler,
            PartitionAdmin partitions,
            PartitionInspector inspector,
            RemoteGroups remote,
            Executor executor,
            Clock clock) {
        this.controller = controller;
        this.led = led;
        this.catalog = new GroupCatalog(controller.images()::current, redirects);
        this.route = new CoordinatorRoute(shards, led, redirects, reconciler, catalog);
        this.inspector = inspector;
        this.survey =
                new PartitionSurvey(controller.images()::current, redirects, inspector, remote);
        this.remote = remote;
        this.describer =
                new GroupDescriber(
                        controller.images()::current, catalog, route, survey, remote, executor);
        this.seeker =
                new GroupSeeker(
                        controller.images()::current,
                        shards,
                        led,
                        catalog,
                        route,
                        partitions,
                        remote,
                        clock);
        this.clock = clock;
    }

    /** Whether this broker coordinates a group. */
    boolean isHere(GroupImage group) {
        return route.isHere(group);
    }

    /** A page of groups, as this broker knows them. */
    public ListGroupsResponse list(ListGroupsRequest request) {
        return catalog.list(request);
    }

    /**
     * A group, its members, and why each of its partitions does or does not move. What cannot be
     * asked within some seconds is left out, and said so.
     */
    public CompletableFuture<DescribeGroupResponse> describe(
            DescribeGroupRequest request, boolean forwarded) {
        return describer.describe(request, forwarded);
    }

    /** Moves committed offsets, all that are asked for or none. */
    public CompletableFuture<SeekGroupResponse> seek(SeekGroupRequest request, boolean forwarded) {
        GroupImage group = catalog.find(request.getGroup());
        return route.go(
                group,
                forwarded,
                () -> seeker.seek(group, request),
                address -> remote.seek(address, request));
    }

    /** Pauses or resumes a group; queues that have stopped themselves go on when it resumes. */
    public CompletableFuture<PauseGroupResponse> pause(
            PauseGroupRequest request, boolean forwarded) {
        GroupImage group = catalog.find(request.getGroup());
        return route.go(
                group,
                forwarded,
                () -> pauseHere(group, request.getPaused()),
                address -> remote.pause(address, request));
    }

    private CompletableFuture<PauseGroupResponse> pauseHere(GroupImage group, boolean paused) {
        return route.opened(group)
                .thenCompose(
                        open -> led.propose(new GroupCommand.PauseGroup(group.groupId(), paused)))
                .thenCompose(
                        done ->
                                group.queue() && !paused
                                        ? resumeAllQueues(group)
                                        : CompletableFuture.completedFuture(null))
                .thenApply(done -> PauseGroupResponse.getDefaultInstance());
    }

    /** Whoever begins to lead meanwhile begins with queues that have not stopped themselves. */
    private CompletableFuture<Void> resumeAllQueues(GroupImage group) {
        ResumeQueuesRequest request =
                ResumeQueuesRequest.newBuilder().setGroupId(group.groupId()).build();
        List<CompletableFuture<?>> resumed = new ArrayList<>();
        resumed.add(inspector.resumeQueues(group.groupId()));
        survey.leaderAddresses()
                .forEach(address -> resumed.add(remote.resumeQueues(address, request)));
        return CompletableFuture.allOf(resumed.toArray(CompletableFuture[]::new));
    }

    /** Changes settings of a group, which is created if it is not there. */
    public CompletableFuture<SetGroupResponse> set(SetGroupRequest request) {
        String name = request.getGroup();
        GroupName.check(name);
        boolean present = controller.images().current().groups().find(name).isPresent();
        if (present) {
            requireMode(request);
        }
        CompletableFuture<GroupImage> changed =
                present
                        ? decide(
                                new SetGroup(name, request.getConfigMap(), request.getResetList()),
                                request.getValidateOnly())
                        : decide(creation(request), request.getValidateOnly());
        return changed.thenCompose(group -> inForce(group, request.getValidateOnly()))
                .thenApply(
                        group ->
                                SetGroupResponse.newBuilder()
                                        .setGroup(catalog.summary(group))
                                        .putAllConfig(GroupConfig.effective(group.overrides()))
                                        .build());
    }

    private void requireMode(SetGroupRequest request) {
        if (request.getMode() != GroupMode.GROUP_MODE_UNSPECIFIED) {
            // Refused by the same rule as a join in another mode; nothing is created.
            controller.check(
                    new CreateGroup(request.getGroup(), isQueue(request.getMode()), Map.of(), 0));
        }
    }

    private CreateGroup creation(SetGroupRequest request) {
        try {
            request.getResetList().forEach(GroupConfig::requireName);
        } catch (ConfigException e) {
            throw MillraceException.of(ErrorCode.INVALID_GROUP, e.getMessage())
                    .with("field", "reset");
        }
        return new CreateGroup(
                request.getGroup(),
                isQueue(request.getMode()),
                request.getConfigMap(),
                clock.millis());
    }

    private static boolean isQueue(GroupMode mode) {
        return switch (mode) {
            case GROUP_MODE_UNSPECIFIED, GROUP_MODE_STREAM -> false;
            case GROUP_MODE_QUEUE -> true;
            case UNRECOGNIZED ->
                    throw SeekWish.invalid(
                            "mode", "mode is not one that this broker knows; upgrade the broker");
        };
    }

    /** What breaks a rule is refused at once, and never becomes an entry of the log. */
    private <R> CompletableFuture<R> decide(ControllerCommand<R> command, boolean validateOnly) {
        R planned = controller.check(command);
        return validateOnly
                ? CompletableFuture.completedFuture(planned)
                : controller.submit(command);
    }

    /** Where the group lives here, its shard is to follow first; elsewhere it does by itself. */
    private CompletableFuture<GroupImage> inForce(GroupImage group, boolean validateOnly) {
        return validateOnly || !route.isHere(group)
                ? CompletableFuture.completedFuture(group)
                : route.opened(group).thenApply(open -> group);
    }

    /** Deletes a group without members. */
    public CompletableFuture<DeleteGroupResponse> delete(
            DeleteGroupRequest request, boolean forwarded) {
        GroupImage group = catalog.find(request.getGroup());
        DeleteGroupRequest check = request.toBuilder().setValidateOnly(true).build();
        return route.go(
                        group,
                        forwarded,
                        () -> requireEmpty(group),
                        address -> remote.delete(address, check))
                .thenCompose(
                        empty ->
                                request.getValidateOnly()
                                        ? CompletableFuture.completedFuture(group)
                                        : controller.submit(
                                                new DeleteGroup(group.name(), group.groupId())))
                .thenApply(gone -> DeleteGroupResponse.getDefaultInstance());
    }

    private CompletableFuture<DeleteGroupResponse> requireEmpty(GroupImage group) {
        return route.insight(group)
                .thenApply(
                        insight -> {
                            if (!insight.group().members().isEmpty()) {
                                throw inUse(insight);
                            }
                            return DeleteGroupResponse.getDefaultInstance();
                        });
    }

    private static MillraceException inUse(GroupInsight insight) {
        int count = insight.group().members().size();
        String some =
                String.join(
                        ", ",
                        insight.group().members().keySet().stream().limit(MAX_NAMED).toList());
        return MillraceException.of(
                        ErrorCode.GROUP_IN_USE,
                        "group \"%s\" has %s (%s%s); stop them first"
                                .formatted(
                                        insight.group().name(),
                                        count == 1 ? "1 member" : "%,d members".formatted(count),
                                        some,
                                        count > MAX_NAMED ? ", …" : ""))
                .with("members", count);
    }

    /** For other brokers: how partitions that are led here stand with a group. */
    public CompletableFuture<InspectPartitionsResponse> inspect(InspectPartitionsRequest request) {
        return inspector.inspect(request);
    }

    /** For other brokers: lets the queues of a group go on that are led here. */
    public CompletableFuture<ResumeQueuesResponse> resumeQueues(ResumeQueuesRequest request) {
        return inspector
                .resumeQueues(request.getGroupId())
                .thenApply(count -> ResumeQueuesResponse.getDefaultInstance());
    }
}
