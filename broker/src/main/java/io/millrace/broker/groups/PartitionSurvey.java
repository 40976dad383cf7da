package io.millrace.broker.groups;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.controller.ShardImage;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.InspectedPartition;
import io.millrace.v1.PartitionQuestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the leaders of partitions, here and elsewhere, how these stand with a group. Who does not
 * answer in time has said nothing, and keeps nobody else's word back. Thread-safe; never blocks.
 */
final class PartitionSurvey {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSurvey.class);

    private final Supplier<ClusterImage> image;
    private final Redirects redirects;
    private final PartitionInspector here;
    private final RemoteGroups remote;

    PartitionSurvey(
            Supplier<ClusterImage> image,
            Redirects redirects,
            PartitionInspector here,
            RemoteGroups remote) {
        this.image = image;
        this.redirects = redirects;
        this.here = here;
        this.remote = remote;
    }

    /**
     * Asks for partitions, with the first offset that is not done of each; within 4 s.
     *
     * @param queues also for those that have a queue of the group
     * @return what was said, by partition id
     */
    CompletableFuture<Map<Long, InspectedPartition>> look(
            long groupId, Map<PartitionImage, OptionalLong> wanted, boolean queues) {
        InspectPartitionsRequest.Builder mine = request(groupId, queues);
        Map<String, InspectPartitionsRequest.Builder> elsewhere = new TreeMap<>();
        if (queues) {
            leaderAddresses().forEach(one -> elsewhere.put(one, request(groupId, true)));
        }
        wanted.forEach(
                (partition, next) -> {
                    String address = redirects.leaderAddress(partition.shard());
                    // Where no other leader is known it may be here; the inspector knows.
                    InspectPartitionsRequest.Builder to =
                            address.isEmpty()
                                    ? mine
                                    : elsewhere.computeIfAbsent(
                                            address, one -> request(groupId, queues));
                    to.addPartitions(question(partition, next));
                });
        List<CompletableFuture<InspectPartitionsResponse>> answers = new ArrayList<>();
        answers.add(here.inspect(mine.build()));
        elsewhere.forEach((address, asked) -> answers.add(ask(address, asked.build())));
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> {
                            Map<Long, InspectedPartition> seen = new HashMap<>();
                            for (CompletableFuture<InspectPartitionsResponse> answer : answers) {
                                answer.join()
                                        .getPartitionsList()
                                        .forEach(one -> seen.put(one.getPartitionId(), one));
                            }
                            return seen;
                        });
    }

    private CompletableFuture<InspectPartitionsResponse> ask(
            String address, InspectPartitionsRequest request) {
        return remote.inspect(address, request)
                .exceptionally(
                        silent -> {
                            LOG.debug(
                                    "a broker says nothing of its partitions {}", address, silent);
                            return InspectPartitionsResponse.getDefaultInstance();
                        });
    }

    /** Where the other brokers are that lead data shards. */
    List<String> leaderAddresses() {
        return image.get().dataShards().stream()
                .map(ShardImage::shard)
                .map(redirects::leaderAddress)
                .filter(address -> !address.isEmpty())
                .distinct()
                .toList();
    }

    private static InspectPartitionsRequest.Builder request(long groupId, boolean queues) {
        return InspectPartitionsRequest.newBuilder().setGroupId(groupId).setQueues(queues);
    }

    private static PartitionQuestion question(PartitionImage partition, OptionalLong next) {
        PartitionQuestion.Builder question =
                PartitionQuestion.newBuilder().setPartitionId(partition.partitionId());
        next.ifPresent(question::setNextOffset);
        return question.build();
    }
}
