package io.millrace.perf.compare;

import io.millrace.perf.compare.cluster.KafkaCluster;
import io.millrace.perf.compare.cluster.MillraceCluster;
import io.millrace.perf.driver.Durability;

/** What is compared: a system with what its acknowledgements stand for. */
enum Contestant {
    /** Millrace; there is no other class. */
    MILLRACE_FSYNC(MillraceCluster.NAME, Durability.FSYNC_MAJORITY, "Millrace, fsync"),
    /** Kafka with {@code flush.messages=1} for the topic. */
    KAFKA_FSYNC(KafkaCluster.NAME, Durability.FSYNC_MAJORITY, "Kafka, fsync"),
    /** Kafka as it is by default: acknowledged from the page cache. */
    KAFKA_PAGE_CACHE(KafkaCluster.NAME, Durability.PAGE_CACHE, "Kafka, page cache");

    private final String system;
    private final Durability durability;
    private final String title;

    Contestant(String system, Durability durability, String title) {
        this.system = system;
        this.durability = durability;
        this.title = title;
    }

    /** The name of its driver and cluster. */
    String system() {
        return system;
    }

    /** What its acknowledgements must stand for. */
    Durability durability() {
        return durability;
    }

    /** For people; names the class. */
    String title() {
        return title;
    }
}
