package io.millrace.broker.controller;

import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.TopicConfig;
import io.millrace.broker.wire.MalformedException;
import io.millrace.broker.wire.WireReader;
import io.millrace.broker.wire.WireWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A topic. Immutable.
 *
 * @param name its name
 * @param topicId its id, never reused
 * @param replicaCount how many brokers hold each partition at least
 * @param overrides the settings that somebody has set, in canonical form, by name
 * @param config all settings in force
 * @param createTimeMs when it was created, milliseconds since 1970 UTC
 * @param partitions partition n is the nth
 */
public record TopicImage(
        String name,
        long topicId,
        int replicaCount,
        SortedMap<String, String> overrides,
        TopicConfig config,
        long createTimeMs,
        List<PartitionImage> partitions) {

    public TopicImage {
        overrides = Collections.unmodifiableSortedMap(new TreeMap<>(overrides));
        partitions = List.copyOf(partitions);
    }

    /** A topic with these settings; throws {@link ConfigException} if they are not allowed. */
    static TopicImage of(
            String name,
            long topicId,
            int replicaCount,
            Map<String, String> overrides,
            long createTimeMs,
            List<PartitionImage> partitions) {
        return new TopicImage(
                name,
                topicId,
                replicaCount,
                TopicConfig.canonical(overrides),
                TopicConfig.of(overrides),
                createTimeMs,
                partitions);
    }

    /** The topic with other settings, which its partitions are to hear of. */
    TopicImage withOverrides(SortedMap<String, String> changed, long version) {
        List<PartitionImage> moved =
                partitions.stream().map(partition -> partition.changedAt(version)).toList();
        return of(name, topicId, replicaCount, changed, createTimeMs, moved);
    }

    /** The topic with more partitions. */
    TopicImage withMore(List<PartitionImage> more) {
        List<PartitionImage> all = new ArrayList<>(partitions);
        all.addAll(more);
        return new TopicImage(name, topicId, replicaCount, overrides, config, createTimeMs, all);
    }

    void encode(WireWriter out) {
        out.text(name);
        out.int64(topicId);
        out.int32(replicaCount);
        out.textMap(overrides);
        out.int64(createTimeMs);
        out.list(partitions, PartitionImage::encode);
    }

    static TopicImage decode(WireReader in) throws MalformedException {
        try {
            return of(
                    in.text(),
                    in.int64(),
                    in.int32(),
                    in.textMap(),
                    in.int64(),
                    in.list(PartitionImage::decode));
        } catch (ConfigException e) {
            throw new MalformedException(e.getMessage());
        }
    }
}
