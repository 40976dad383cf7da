package io.millrace.broker.topics;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.ConfirmGroupsDeleted;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.GroupContent;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.GroupIntent;
import io.millrace.broker.controller.GroupPlan;
import io.millrace.broker.group.GroupCommand;
import io.millrace.broker.group.GroupMode;
import io.millrace.broker.group.GroupTable;
import io.millrace.broker.shard.ShardCommand.ChangeGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What brings the groups of a data shard led here in line with the map. Thread-safe. */
final class GroupSteps {

    /** So that a shard that has much to do does not keep the log to itself; the rest comes next. */
    private static final int MAX_STEPS = 100;

    private static final Logger LOG = LoggerFactory.getLogger(GroupSteps.class);

    private final Controller controller;
    private final Map<Integer, List<Long>> straysTold = new ConcurrentHashMap<>();

    GroupSteps(Controller controller) {
        this.controller = controller;
    }

    /** Proposes what is missing and confirms what is gone; none if all is as it should be. */
    List<CompletableFuture<?>> take(LocalShard shard, ClusterImage image, long term) {
        int id = shard.shard().id();
        GroupPlan plan = GroupPlan.of(image, contentOf(id, shard.view().groups()));
        if (plan.strays().isEmpty()) {
            straysTold.remove(id);
        } else if (!plan.strays().equals(straysTold.put(id, plan.strays()))) {
            LOG.warn(
                    "shard holds groups that the map does not know, left alone shard={} groups={}",
                    id,
                    plan.strays());
        }
        List<CompletableFuture<?>> steps = new ArrayList<>();
        for (GroupIntent intent : plan.intents().stream().limit(MAX_STEPS).toList()) {
            steps.add(shard.writer().execute(new ChangeGroup(commandOf(intent)), term));
        }
        if (!plan.confirmable().isEmpty()) {
            steps.add(controller.submit(new ConfirmGroupsDeleted(id, plan.confirmable())));
        }
        return steps;
    }

    private static GroupContent contentOf(int shard, GroupTable groups) {
        Map<Long, Long> versions = new HashMap<>();
        groups.groups().forEach((id, group) -> versions.put(id, group.placementVersion()));
        return new GroupContent(shard, versions, groups::isDropped);
    }

    private static GroupCommand commandOf(GroupIntent intent) {
        if (intent instanceof GroupIntent.Open open) {
            GroupImage group = open.group();
            return new GroupCommand.OpenGroup(
                    group.groupId(),
                    group.name(),
                    group.queue() ? GroupMode.QUEUE : GroupMode.STREAM,
                    GroupConfig.of(group.overrides()),
                    group.placementVersion());
        }
        if (intent instanceof GroupIntent.Configure configure) {
            GroupImage group = configure.group();
            return new GroupCommand.ConfigureGroup(
                    group.groupId(), GroupConfig.of(group.overrides()), group.placementVersion());
        }
        return new GroupCommand.DropGroup(intent.groupId());
    }
}
