package io.millrace.perf.driver;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Topics in memory, and mistakes on demand. Thread-safe. */
public final class MemoryDriver implements Driver {
    /** What goes wrong, once, with the record of a number counted over the life of a topic. */
    public enum Mistake {
        NONE,
        LOSE,
        DOUBLE,
        REFUSE
    }

    private static final int PENDING = 1_000;

    private final Map<String, Topic> topics = new ConcurrentHashMap<>();
    private final ExecutorService store = Executors.newSingleThreadExecutor();
    private final MemoryLeadership leadership = new MemoryLeadership();
    private final Durability durability;
    private final Mistake mistake;
    private final long mistakeAt;

    /** One that does what it should. */
    public MemoryDriver() {
        this(Durability.FSYNC_MAJORITY, Mistake.NONE, 0);
    }

    public MemoryDriver(Durability durability, Mistake mistake, long mistakeAt) {
        this.durability = durability;
        this.mistake = mistake;
        this.mistakeAt = mistakeAt;
    }

    @Override
    public String client() {
        return "memory 1";
    }

    @Override
    public Map<String, String> settings() {
        return new TreeMap<>(Map.of("publisher.pending", "" + PENDING));
    }

    @Override
    public void createTopic(TopicSpec topic) {
        if (topics.putIfAbsent(topic.name(), new Topic(topic.partitions())) != null) {
            throw new IllegalStateException("topic " + topic.name() + " exists");
        }
    }

    @Override
    public void deleteTopic(String topic) {
        topic(topic);
        topics.remove(topic);
    }

    /** Whether a topic exists. */
    public boolean hasTopic(String topic) {
        return topics.containsKey(topic);
    }

    @Override
    public long[] ends(String topic) {
        return topic(topic).ends();
    }

    @Override
    public DriverPublisher publisher(PublisherSpec publisher) {
        return new MemoryPublisher(topic(publisher.topic()));
    }

    @Override
    public DriverSubscriber subscriber(SubscriberSpec subscriber) {
        return new MemorySubscriber(topic(subscriber.topic()), subscriber);
    }

    @Override
    public Assurance assurance(String topic) {
        topic(topic);
        return new Assurance(durability, "as the test wants it");
    }

    @Override
    public MemoryLeadership leadership() {
        return leadership;
    }

    @Override
    public void close() {
        store.shutdown();
        leadership.close();
    }

    private Topic topic(String name) {
        Topic topic = topics.get(name);
        if (topic == null) {
            throw new IllegalStateException("topic " + name + " does not exist");
        }
        return topic;
    }

    private record Stored(byte[] key, byte[] value) {}

    private static final class Topic {
        private final List<List<Stored>> partitions = new ArrayList<>();
        private long published;
        private int turn;

        Topic(int count) {
            for (int i = 0; i < count; i++) {
                partitions.add(new ArrayList<>());
            }
        }

        synchronized int anyPartition() {
            turn = (turn + 1) % partitions.size();
            return turn;
        }

        synchronized long append(int partition, Stored record, int copies) {
            List<Stored> log = partitions.get(partition);
            long offset = log.size();
            for (int i = 0; i < copies; i++) {
                log.add(record);
            }
            notifyAll();
            return offset;
        }

        synchronized long[] ends() {
            return partitions.stream().mapToLong(List::size).toArray();
        }

        synchronized long nextNumber() {
            return published++;
        }

        synchronized List<Stored> read(int partition, long from, int most) {
            List<Stored> log = partitions.get(partition);
            int end = (int) Math.min(log.size(), from + most);
            return List.copyOf(log.subList((int) from, end));
        }

        synchronized void awaitMore(long nanos) {
            try {
                wait(Math.max(1, nanos / 1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class MemoryPublisher implements DriverPublisher {
        private final Topic topic;
        private final Semaphore memory = new Semaphore(PENDING);
        private Future<?> last;

        MemoryPublisher(Topic topic) {
            this.topic = topic;
        }

        @Override
        public void publish(int partition, byte[] key, byte[] value, Answer answer) {
            memory.acquireUninterruptibly();
            int where = partition == ANY_PARTITION ? topic.anyPartition() : partition;
            last =
                    store.submit(
                            () -> {
                                memory.release();
                                leadership.awaitLeader();
                                store(where, new Stored(key, value), answer);
                            });
        }

        private void store(int partition, Stored record, Answer answer) {
            Mistake now = topic.nextNumber() == mistakeAt ? mistake : Mistake.NONE;
            switch (now) {
                case REFUSE -> answer.failed(new IllegalStateException("refused by the test"));
                case LOSE -> answer.stored(topic.append(partition, record, 0), false);
                case DOUBLE -> answer.stored(topic.append(partition, record, 2), false);
                default -> answer.stored(topic.append(partition, record, 1), false);
            }
        }

        @Override
        public void flush() {
            try {
                if (last != null) {
                    last.get();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close(Duration time) {
            flush();
        }
    }

    private static final class MemorySubscriber implements DriverSubscriber {
        private final Topic topic;
        private final SubscriberSpec spec;
        private final Map<Integer, Long> next;

        MemorySubscriber(Topic topic, SubscriberSpec spec) {
            this.topic = topic;
            this.spec = spec;
            this.next = new TreeMap<>(spec.starts());
        }

        @Override
        public void poll(Duration timeout, RecordSink sink) {
            if (!give(sink)) {
                topic.awaitMore(timeout.toNanos());
                give(sink);
            }
        }

        private boolean give(RecordSink sink) {
            boolean any = false;
            for (int partition : spec.starts().keySet()) {
                long offset = next.get(partition);
                for (Stored record : topic.read(partition, offset, spec.pollRecords())) {
                    sink.accept(partition, offset++, record.key(), record.value());
                    any = true;
                }
                next.put(partition, offset);
            }
            return any;
        }

        @Override
        public void close() {}
    }
}
