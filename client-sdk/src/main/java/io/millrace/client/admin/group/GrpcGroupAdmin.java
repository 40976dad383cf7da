package io.millrace.client.admin.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DropDeadLettersRequest;
import io.millrace.v1.DropDeadLettersResponse;
import io.millrace.v1.GroupServiceGrpc;
import io.millrace.v1.GroupServiceGrpc.GroupServiceBlockingStub;
import io.millrace.v1.ListDeadLettersRequest;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.QueueServiceGrpc;
import io.millrace.v1.QueueServiceGrpc.QueueServiceBlockingStub;
import io.millrace.v1.RedriveDeadLettersRequest;
import io.millrace.v1.RedriveDeadLettersResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SetGroupRequest;
import io.millrace.v1.SetGroupResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@link GroupAdmin} over gRPC. Internal: use {@code MillraceClient.admin().groups()}. */
public final class GrpcGroupAdmin implements GroupAdmin {
    private final Cluster cluster;
    private final Duration requestTimeout;
    private final boolean validateOnly;

    /** Calls to a cluster, each with this timeout; changes are only checked if asked so. */
    public GrpcGroupAdmin(Cluster cluster, Duration requestTimeout, boolean validateOnly) {
        this.cluster = cluster;
        this.requestTimeout = requestTimeout;
        this.validateOnly = validateOnly;
    }

    @Override
    public GroupAdmin plan() {
        return new GrpcGroupAdmin(cluster, requestTimeout, true);
    }

    @Override
    public List<GroupInfo> list() {
        List<GroupInfo> groups = new ArrayList<>();
        String token = "";
        do {
            ListGroupsRequest request = ListGroupsRequest.newBuilder().setPageToken(token).build();
            ListGroupsResponse page = ask(stub -> stub.listGroups(request));
            page.getGroupsList().forEach(it -> groups.add(GroupMessages.group(it)));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return groups;
    }

    @Override
    public GroupDescription describe(String group) {
        DescribeGroupRequest request = DescribeGroupRequest.newBuilder().setGroup(group).build();
        return GroupMessages.description(ask(stub -> stub.describeGroup(request)));
    }

    /**
     * Not repeated when its answer is lost: a second one would hide in the log what the first was.
     */
    @Override
    public SeekResult seek(String group, Collection<SeekTarget> targets, String reason) {
        SeekGroupRequest request =
                SeekGroupRequest.newBuilder()
                        .setGroup(group)
                        .addAllTargets(targets.stream().map(GroupMessages::target).toList())
                        .setReason(reason)
                        .setValidateOnly(validateOnly)
                        .build();
        return GroupMessages.seek(change(stub -> stub.seekGroup(request)));
    }

    @Override
    public void pause(String group) {
        pause(group, true);
    }

    @Override
    public void resume(String group) {
        pause(group, false);
    }

    @Override
    public GroupSettings set(
            String group, GroupMode mode, Map<String, String> config, Collection<String> reset) {
        SetGroupRequest request =
                SetGroupRequest.newBuilder()
                        .setGroup(group)
                        .setMode(GroupMessages.mode(mode))
                        .putAllConfig(config)
                        .addAllReset(reset)
                        .setValidateOnly(validateOnly)
                        .build();
        SetGroupResponse response = ask(stub -> stub.setGroup(request));
        return new GroupSettings(
                GroupMessages.group(response.getGroup()), Map.copyOf(response.getConfigMap()));
    }

    @Override
    public void delete(String group) {
        DeleteGroupRequest request =
                DeleteGroupRequest.newBuilder()
                        .setGroup(group)
                        .setValidateOnly(validateOnly)
                        .build();
        change(stub -> stub.deleteGroup(request));
    }

    @Override
    public DeadLetterPage deadLetters(String group, int pageSize, String pageToken) {
        ListDeadLettersRequest request =
                ListDeadLettersRequest.newBuilder()
                        .setGroup(group)
                        .setPageSize(pageSize)
                        .setPageToken(pageToken)
                        .build();
        return GroupMessages.page(askQueues(stub -> stub.listDeadLetters(request)));
    }

    @Override
    public RedriveResult redrive(String group, Collection<DeadLetterName> deadLetters) {
        RedriveDeadLettersRequest request =
                RedriveDeadLettersRequest.newBuilder()
                        .setGroup(group)
                        .addAllDeadLetters(deadLetters.stream().map(GroupMessages::name).toList())
                        .setValidateOnly(validateOnly)
                        .build();
        RedriveDeadLettersResponse response;
        long redriven = 0;
        do {
            // What is refused comes again: the last answer has all of it.
            response = askQueues(stub -> stub.redriveDeadLetters(request));
            redriven += response.getCount();
        } while (isToGoOn(response.getRemaining(), response.getCount()));
        return GroupMessages.redriven(response.toBuilder().setCount(redriven).build());
    }

    /** Whether a broker has not come to the end of many dead letters, but further than before. */
    private boolean isToGoOn(long remaining, long count) {
        return !validateOnly && remaining > 0 && count > 0;
    }

    @Override
    public long drop(String group, Collection<DeadLetterName> deadLetters) {
        DropDeadLettersRequest request =
                DropDeadLettersRequest.newBuilder()
                        .setGroup(group)
                        .addAllDeadLetters(deadLetters.stream().map(GroupMessages::name).toList())
                        .setValidateOnly(validateOnly)
                        .build();
        DropDeadLettersResponse response;
        long dropped = 0;
        do {
            response = askQueues(stub -> stub.dropDeadLetters(request));
            dropped += response.getCount();
        } while (isToGoOn(response.getRemaining(), response.getCount()));
        return dropped;
    }

    private void pause(String group, boolean paused) {
        if (validateOnly) {
            // There is nothing to check but that the group is there.
            describe(group);
            return;
        }
        PauseGroupRequest request =
                PauseGroupRequest.newBuilder().setGroup(group).setPaused(paused).build();
        ask(stub -> stub.pauseGroup(request));
    }

    private <T> T ask(Function<GroupServiceBlockingStub, T> call) {
        return call(call, true);
    }

    /** A change that must not be made twice; checking it is harmless. */
    private <T> T change(Function<GroupServiceBlockingStub, T> call) {
        return call(call, validateOnly);
    }

    private <T> T call(Function<GroupServiceBlockingStub, T> call, boolean repeatable) {
        return cluster.calls()
                .call(
                        (channel, deadline) ->
                                call.apply(
                                        GroupServiceGrpc.newBlockingStub(channel)
                                                .withDeadline(deadline)),
                        repeatable,
                        requestTimeout);
    }

    private <T> T askQueues(Function<QueueServiceBlockingStub, T> call) {
        return cluster.calls()
                .call(
                        (channel, deadline) ->
                                call.apply(
                                        QueueServiceGrpc.newBlockingStub(channel)
                                                .withDeadline(deadline)),
                        true,
                        requestTimeout);
    }
}
