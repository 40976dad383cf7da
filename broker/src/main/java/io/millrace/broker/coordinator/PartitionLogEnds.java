package io.millrace.broker.coordinator;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.PartitionImage;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.topics.PartitionAdmin;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FoundOffset;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Where logs end, by the replicas here and by asking leaders. Thread-safe; no method blocks. */
public final class PartitionLogEnds implements LogEnds {

    private final Supplier<ClusterImage> image;
    private final LocalPartitions partitions;
    private final PartitionAdmin admin;

    public PartitionLogEnds(
            Supplier<ClusterImage> image, LocalPartitions partitions, PartitionAdmin admin) {
        this.image = image;
        this.partitions = partitions;
        this.admin = admin;
    }

    @Override
    public long known(String topic, PartitionKey partition) {
        return placed(topic, partition)
                .map(partitions::find)
                .map(view -> view.log().endOffset())
                .orElse(0L);
    }

    @Override
    public int shard(String topic, PartitionKey partition) {
        return placed(topic, partition).map(PartitionImage::shard).orElse(-1);
    }

    private Optional<PartitionImage> placed(String topic, PartitionKey partition) {
        int number = partition.partition();
        return image.get()
                .topic(topic)
                .filter(present -> present.topicId() == partition.topicId())
                .filter(present -> number >= 0 && number < present.partitions().size())
                .map(present -> present.partitions().get(number));
    }

    @Override
    public CompletableFuture<Map<Integer, Long>> ask(String topic, Collection<Integer> wanted) {
        FindOffsetsRequest request =
                FindOffsetsRequest.newBuilder()
                        .setName(topic)
                        .addAllPartitions(wanted)
                        .setLatest(true)
                        .build();
        try {
            return admin.find(request, false)
                    .thenApply(
                            found ->
                                    found.getOffsetsList().stream()
                                            .collect(
                                                    Collectors.toMap(
                                                            FoundOffset::getPartition,
                                                            FoundOffset::getOffset)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
