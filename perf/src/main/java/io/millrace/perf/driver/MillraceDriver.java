package io.millrace.perf.driver;

import io.millrace.client.MillraceClient;
import io.millrace.client.admin.FoundOffset;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.publish.PublisherBuilder;
import io.millrace.client.record.TopicPartition;
import io.millrace.client.subscribe.Position;
import io.millrace.client.subscribe.SubscriberBuilder;
import io.millrace.protocol.ProductVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Drives Millrace by its Java SDK. */
public final class MillraceDriver implements Driver {
    /** How large batches may be unless the topic says otherwise. */
    private static final int DEFAULT_LARGEST_BATCH = 1 << 20;

    private final MillraceClient client;
    private final String servers;
    private final Map<String, String> settings = new ConcurrentSkipListMap<>();
    private final Map<String, AckTally> tallies = new ConcurrentHashMap<>();

    private MillraceDriver(MillraceClient client, String servers) {
        this.client = client;
        this.servers = servers;
    }

    /** Each publisher and subscriber gets a client of its own, as if it were a process. */
    public static MillraceDriver connect(String servers) {
        return new MillraceDriver(MillraceClient.connect(servers), servers);
    }

    /** All publishers and subscribers share a client, which the caller closes afterwards. */
    public static MillraceDriver sharing(MillraceClient client) {
        return new MillraceDriver(client, null);
    }

    @Override
    public String client() {
        return "millrace-client-sdk " + ProductVersion.CURRENT;
    }

    @Override
    public Map<String, String> settings() {
        return new TreeMap<>(settings);
    }

    @Override
    public void createTopic(TopicSpec topic) {
        Map<String, String> config = new TreeMap<>();
        if (topic.durability() != Durability.FSYNC_MAJORITY) {
            throw new IllegalArgumentException(
                    "durability is %s; Millrace has only %s"
                            .formatted(topic.durability(), Durability.FSYNC_MAJORITY));
        }
        if (topic.largestBatch() > DEFAULT_LARGEST_BATCH) {
            config.put("max.batch.bytes", Integer.toString(topic.largestBatch()));
        }
        client.admin()
                .createTopic(
                        new NewTopic(topic.name(), topic.partitions(), topic.replicas(), config));
        client.admin()
                .describeTopic(topic.name())
                .effectiveConfig()
                .forEach((key, value) -> settings.put("topic." + key, value));
    }

    @Override
    public void deleteTopic(String topic) {
        client.admin().deleteTopic(topic);
    }

    @Override
    public long[] ends(String topic) {
        List<FoundOffset> found = client.admin().findOffsets(topic, List.of(), Position.latest());
        return found.stream().mapToLong(FoundOffset::offset).toArray();
    }

    @Override
    public DriverPublisher publisher(PublisherSpec spec) {
        settings.put("publisher.batchBytes", Integer.toString(spec.batchBytes()));
        settings.put("publisher.linger", spec.linger().toString());
        settings.put("publisher.compression", spec.compression().name().toLowerCase(Locale.ROOT));
        settings.put("publisher.memoryBytes", Long.toString(spec.memoryBytes()));
        settings.put("publisher.maxBlock", spec.maxBlock().toString());
        settings.put("publisher.deadline", spec.deadline().toString());
        settings.put("publisher.others", "default");
        AckTally tally = tallies.computeIfAbsent(spec.topic(), topic -> new AckTally());
        MillraceClient own = ownClient();
        try {
            PublisherBuilder builder =
                    (own == null ? client : own)
                            .newPublisher()
                            .batchBytes(spec.batchBytes())
                            .linger(spec.linger())
                            .compression(spec.compression())
                            .memoryBytes(spec.memoryBytes())
                            .maxBlock(spec.maxBlock())
                            .deadline(spec.deadline());
            return new MillracePublisher(builder.open(), spec.topic(), tally, own);
        } catch (RuntimeException e) {
            closeOwn(own);
            throw e;
        }
    }

    @Override
    public DriverSubscriber subscriber(SubscriberSpec spec) {
        settings.put("subscriber.maxPollRecords", Integer.toString(spec.pollRecords()));
        settings.put("subscriber.others", "default");
        MillraceClient own = ownClient();
        try {
            SubscriberBuilder builder =
                    (own == null ? client : own).newSubscriber().maxPollRecords(spec.pollRecords());
            spec.starts()
                    .forEach(
                            (partition, offset) ->
                                    builder.partition(
                                            new TopicPartition(spec.topic(), partition),
                                            Position.offset(offset)));
            return new MillraceSubscriber(builder.open(), own);
        } catch (RuntimeException e) {
            closeOwn(own);
            throw e;
        }
    }

    @Override
    public Assurance assurance(String topic) {
        return tallies.computeIfAbsent(topic, name -> new AckTally()).assurance();
    }

    @Override
    public Leadership leadership() {
        return new MillraceLeadership(client.admin());
    }

    @Override
    public void close() {
        if (servers != null) {
            client.close();
        }
    }

    /** Null if the client is shared. */
    private MillraceClient ownClient() {
        return servers == null ? null : MillraceClient.connect(servers);
    }

    static void closeOwn(MillraceClient own) {
        if (own != null) {
            own.close();
        }
    }
}
