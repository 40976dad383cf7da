package io.millrace.broker.coordinator;

import io.millrace.broker.group.GroupLimits;
import io.millrace.broker.group.GroupTopic;
import io.millrace.broker.group.PartitionKey;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What a coordinator knows of the log ends of its group's partitions. One question at a time is
 * under way for a shard and a topic; those who come meanwhile are answered by the next one, as they
 * may know of records that the first does not. Used on the coordinator's lane.
 */
final class LogEndBook {

    /** Where a question goes. */
    private record Address(String topic, int shard) {}

    /** Who has asked, and about what; the next question, if one is under way. */
    private static final class Question {
        private Set<Integer> partitions = new TreeSet<>();
        private List<Consumer<MillraceException>> askers = new ArrayList<>();
        private boolean underWay;
    }

    private final LogEnds ends;
    private final TurnLoop lane;
    private final Map<PartitionKey, Long> heard = new HashMap<>();
    private final Map<Address, Question> questions = new HashMap<>();

    LogEndBook(LogEnds ends, TurnLoop lane) {
        this.ends = ends;
        this.lane = lane;
    }

    /** An end that the log has reached for sure. */
    long known(GroupTopic topic, PartitionKey partition) {
        long cached = heard.getOrDefault(partition, 0L);
        return Math.max(cached, ends.known(topic.name(), partition));
    }

    /** The shard of a partition. */
    int shard(GroupTopic topic, PartitionKey partition) {
        return ends.shard(topic.name(), partition);
    }

    /**
     * Asks where logs end that are on one shard.
     *
     * @param answer hears on the lane that {@link #known} has the answer, or why there is none;
     *     null: it has
     */
    void ask(
            GroupTopic topic,
            int shard,
            Set<Integer> partitions,
            Consumer<MillraceException> answer) {
        Address address = new Address(topic.name(), shard);
        Question question = questions.computeIfAbsent(address, one -> new Question());
        question.partitions.addAll(partitions);
        question.askers.add(answer);
        if (!question.underWay) {
            send(topic, address, question);
        }
    }

    private void send(GroupTopic topic, Address address, Question question) {
        Set<Integer> partitions = question.partitions;
        List<Consumer<MillraceException>> askers = question.askers;
        question.partitions = new TreeSet<>();
        question.askers = new ArrayList<>();
        question.underWay = true;
        CompletableFuture<Map<Integer, Long>> found = ends.ask(topic.name(), partitions);
        found.whenComplete(
                (offsets, failure) ->
                        lane.post(
                                () -> {
                                    answered(topic, address, question);
                                    if (failure == null) {
                                        keep(topic.topicId(), offsets);
                                    }
                                    MillraceException why =
                                            failure == null ? null : Failures.known(failure);
                                    askers.forEach(asker -> asker.accept(why));
                                }));
    }

    private void answered(GroupTopic topic, Address address, Question question) {
        question.underWay = false;
        if (question.askers.isEmpty()) {
            questions.remove(address);
        } else {
            send(topic, address, question);
        }
    }

    private void keep(long topicId, Map<Integer, Long> offsets) {
        if (heard.size() > GroupLimits.MAX_OFFSETS) {
            heard.clear(); // of topics that are not followed any more; the rest is asked for again
        }
        offsets.forEach(
                (partition, offset) ->
                        heard.merge(new PartitionKey(topicId, partition), offset, Math::max));
    }
}
