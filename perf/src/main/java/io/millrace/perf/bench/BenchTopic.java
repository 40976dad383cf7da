package io.millrace.perf.bench;

import io.millrace.cli.BytesConverter;
import io.millrace.cli.CommandException;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.admin.TopicInfo;
import io.millrace.client.subscribe.Position;
import io.millrace.perf.measure.Setting;
import java.util.List;
import java.util.Map;

/**
 * The topic of a run: one that was there, or one that is created for the run and removed when
 * closed. Its id makes sure that no other topic is ever removed.
 */
final class BenchTopic implements AutoCloseable {
    /** What a batch takes besides the value of its only record: header, key, timestamps. */
    private static final int OVERHEAD = 256;

    private final Admin admin;
    private final TopicDescription description;
    private final boolean created;

    private BenchTopic(Admin admin, TopicDescription description, boolean created) {
        this.admin = admin;
        this.description = description;
        this.created = created;
    }

    /** A topic that is there. */
    static BenchTopic existing(Admin admin, String name) {
        return new BenchTopic(admin, admin.describeTopic(name), false);
    }

    /** A topic for this run only. */
    static BenchTopic create(Admin admin, NewTopic wanted) {
        TopicInfo topic = admin.createTopic(wanted);
        try {
            return new BenchTopic(admin, admin.describeTopic(topic.name()), true);
        } catch (RuntimeException e) {
            admin.deleteTopic(topic.name(), topic.topicId());
            throw e;
        }
    }

    String name() {
        return description.topic().name();
    }

    int partitions() {
        return description.topic().partitions();
    }

    boolean isCreated() {
        return created;
    }

    Setting.Topic setting() {
        return new Setting.Topic(
                name(),
                created,
                partitions(),
                description.topic().replicas(),
                setting("durability", "unknown"));
    }

    /** Refuses records that no batch can hold. */
    void checkFits(int recordSize) {
        long max = new BytesConverter().convert(setting("max.batch.bytes", "1MiB"));
        if (recordSize + OVERHEAD > max) {
            throw new CommandException(
                    "--record-size is %d bytes; the topic takes batches of %d bytes, %d of them for"
                                    .formatted(recordSize, max, OVERHEAD)
                            + " other things; -c max.batch.bytes=… sets more for a new topic");
        }
    }

    /** Refuses more subscribers than partitions: some would have nothing to do. */
    int checkShared(int subscribers) {
        if (subscribers > partitions()) {
            throw new CommandException(
                    "--subscribers is %d; topic %s has partitions for %d (-p gives a new one more)"
                            .formatted(subscribers, name(), partitions()));
        }
        return subscribers;
    }

    /** The offset of the first record of each partition, or of the next one that will come. */
    long[] offsets(Position position) {
        List<FoundOffset> found = admin.findOffsets(name(), List.of(), position);
        long[] offsets = new long[partitions()];
        for (FoundOffset one : found) {
            if (one.partition() < offsets.length) {
                offsets[one.partition()] = one.offset();
            }
        }
        return offsets;
    }

    /** Removes the topic if it was created for the run. */
    @Override
    public void close() {
        if (created) {
            admin.deleteTopic(name(), description.topic().topicId());
        }
    }

    private String setting(String key, String absent) {
        Map<String, String> config = description.effectiveConfig();
        return config.getOrDefault(key, absent);
    }
}
