package io.millrace.broker.topics;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.TopicImage;
import io.millrace.broker.serving.LocalPartitions;
import io.millrace.broker.serving.LocalPartitions.Place;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Partitions of one topic, by who answers for them.
 *
 * @param topic the topic
 * @param here those that this broker answers for, by number
 * @param elsewhere the numbers of the others, by the client address of the broker to ask
 */
record PartitionSplit(
        TopicImage topic, SortedMap<Integer, Place> here, Map<String, List<Integer>> elsewhere) {

    /** Who may answer. */
    enum Wanted {
        /** Whoever has a replica. */
        REPLICA,
        /** The leader alone. */
        LEADER
    }

    /** Splits partitions of topics. Thread-safe. */
    static final class Splitter {

        private final LocalPartitions partitions;
        private final Redirects redirects;

        Splitter(LocalPartitions partitions, Redirects redirects) {
            this.partitions = partitions;
            this.redirects = redirects;
        }

        /**
         * @param numbers the partitions, none twice; empty: all
         * @param forwarded whether another broker asks: nobody else is asked then
         * @throws MillraceException if there is no such topic or partition, or nobody to ask
         */
        PartitionSplit split(String name, List<Integer> numbers, Wanted wanted, boolean forwarded) {
            TopicImage topic = partitions.topic(name);
            SortedMap<Integer, Place> here = new TreeMap<>();
            Map<String, List<Integer>> elsewhere = new LinkedHashMap<>();
            for (int number : checked(topic, numbers)) {
                int shard = topic.partitions().get(number).shard();
                if (isHere(shard, wanted)) {
                    here.put(number, partitions.place(name, topic.topicId(), number));
                } else {
                    String address = forwarded ? "" : addressOf(shard, wanted);
                    if (address.isEmpty()) {
                        throw nobody(name + "/" + number, shard, wanted);
                    }
                    elsewhere.computeIfAbsent(address, one -> new ArrayList<>()).add(number);
                }
            }
            return new PartitionSplit(topic, here, elsewhere);
        }

        private boolean isHere(int shard, Wanted wanted) {
            return wanted == Wanted.LEADER ? partitions.leads(shard) : partitions.holds(shard);
        }

        private String addressOf(int shard, Wanted wanted) {
            return wanted == Wanted.LEADER
                    ? redirects.leaderAddress(shard)
                    : redirects.replicaAddress(shard);
        }

        private MillraceException nobody(String partition, int shard, Wanted wanted) {
            return wanted == Wanted.LEADER
                    ? redirects.notLeading(partition, shard)
                    : redirects.notHere(partition, shard);
        }

        private static TreeSet<Integer> checked(TopicImage topic, List<Integer> numbers) {
            int count = topic.partitions().size();
            TreeSet<Integer> all = new TreeSet<>();
            for (int number :
                    numbers.isEmpty() ? IntStream.range(0, count).boxed().toList() : numbers) {
                LocalPartitions.checkNumber(topic, number);
                if (!all.add(number)) {
                    throw MillraceException.of(
                                    ErrorCode.INVALID_ARGUMENT,
                                    "partition " + number + " is named twice")
                            .with("field", "partitions");
                }
            }
            return all;
        }
    }
}
