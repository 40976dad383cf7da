package io.millrace.perf.kafka;

import io.millrace.perf.driver.Leadership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.ElectionNotNeededException;

/** By Kafka's admin client. */
final class KafkaLeadership implements Leadership {
    private final Admin admin;

    KafkaLeadership(Admin admin) {
        this.admin = admin;
    }

    @Override
    public int leader(String topic, int partition) {
        Node leader = partitions(topic).get(partition).leader();
        return leader == null || leader.isEmpty() ? NOBODY : leader.id();
    }

    @Override
    public boolean isWhole(String topic) {
        return partitions(topic).stream().allMatch(KafkaLeadership::isWhole);
    }

    /**
     * Puts the node first among the same replicas, which moves nothing, and then has the preferred
     * leader elected: what an operator does with the two tools that Kafka has for it.
     */
    @Override
    public void move(String topic, int partition, int node) {
        TopicPartition which = new TopicPartition(topic, partition);
        List<Integer> order = new ArrayList<>(List.of(node));
        partitions(topic).get(partition).replicas().stream()
                .map(Node::id)
                .filter(id -> id != node)
                .forEach(order::add);
        KafkaTopics.get(
                admin.alterPartitionReassignments(
                                Map.of(which, Optional.of(new NewPartitionReassignment(order))))
                        .all());
        Optional<Throwable> failure =
                KafkaTopics.get(
                                admin.electLeaders(ElectionType.PREFERRED, Set.of(which))
                                        .partitions())
                        .getOrDefault(which, Optional.empty());
        if (failure.isPresent() && !(failure.get() instanceof ElectionNotNeededException)) {
            throw new IllegalStateException(
                    "node %d is not elected: %s".formatted(node, failure.get().getMessage()),
                    failure.get());
        }
    }

    static boolean isWhole(TopicPartitionInfo partition) {
        return partition.leader() != null
                && !partition.leader().isEmpty()
                && partition.isr().size() == partition.replicas().size();
    }

    private List<TopicPartitionInfo> partitions(String topic) {
        return KafkaTopics.get(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions();
    }
}
