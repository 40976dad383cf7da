package io.millrace.perf.compare;

import io.millrace.perf.load.Failover;
import io.millrace.perf.load.LoadResult;
import io.millrace.perf.load.Recovery;
import io.millrace.perf.load.Work;
import io.millrace.perf.measure.Latency;
import io.millrace.perf.measure.Throughput;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A number of a measurement. Of those that have one: a load without subscribers receives nothing.
 */
enum Metric {
    /** Acknowledged records a second. */
    PUBLISHED(
            "published",
            "records/s",
            true,
            of(LoadResult::published, Throughput::recordsPerSecond)),
    /** Received records a second, all subscribers together. */
    RECEIVED("received", "records/s", true, of(LoadResult::received, Throughput::recordsPerSecond)),
    /** Half of the acknowledgements came faster. */
    ACK_P50("ack p50", "ms", false, of(LoadResult::publishLatency, Latency::p50)),
    /** 99 % of the acknowledgements came faster. */
    ACK_P99("ack p99", "ms", false, of(LoadResult::publishLatency, Latency::p99)),
    /** 99.9 % of the acknowledgements came faster. */
    ACK_P999("ack p99.9", "ms", false, of(LoadResult::publishLatency, Latency::p999)),
    /** Half of the records were received faster. */
    END_TO_END_P50("end to end p50", "ms", false, of(LoadResult::endToEndLatency, Latency::p50)),
    /** 99 % of the records were received faster. */
    END_TO_END_P99("end to end p99", "ms", false, of(LoadResult::endToEndLatency, Latency::p99)),
    /** 99.9 % of the records were received faster. */
    END_TO_END_P999(
            "end to end p99.9", "ms", false, of(LoadResult::endToEndLatency, Latency::p999)),
    /** Half of the times another broker led, acknowledgements paused for less. */
    ACK_GAP("ack gap, median", "ms", false, gap(Failover::ackGapMs, Metric::median)),
    /** The longest that acknowledgements paused for. */
    ACK_GAP_WORST("ack gap, worst", "ms", false, gap(Failover::ackGapMs, Metric::worst)),
    /** Half of the times another broker led, the subscriber got nothing for less. */
    DELIVERY_GAP("delivery gap, median", "ms", false, gap(Failover::deliveryGapMs, Metric::median)),
    /** The longest that the subscriber got nothing. */
    DELIVERY_GAP_WORST(
            "delivery gap, worst", "ms", false, gap(Failover::deliveryGapMs, Metric::worst)),
    /** After all brokers were started again: until each partition has acknowledged a record. */
    RESTART_ACKS("all acknowledge again after", "s", false, Metric::acknowledgedAgain),
    /** After brokers were started again: until all replicas have what their leaders have. */
    WHOLE("all replicas whole after", "s", false, of(LoadResult::recovery, Recovery::wholeSeconds)),
    /** How fast a broker without data got what the others have. */
    CAUGHT_UP("caught up", "MB/s", true, Metric::caughtUp),
    /** What a million records take of the brokers. */
    BROKER_CPU("broker CPU", "s/million", false, Metric::brokerCpu),
    /** What a million records take of client and generator. */
    CLIENT_CPU("client CPU", "s/million", false, Metric::clientCpu),
    /** What the brokers deliver for a second of their processors' time. */
    DELIVERED_PER_CPU("delivered", "MB/broker CPU s", true, Metric::deliveredPerCpu),
    /** What the disk takes for each byte of keys and values, all replicas. */
    WRITTEN("written", "bytes/byte", false, Metric::written),
    /** How often the brokers wait for a disk, for what a thousand records need. */
    FORCES("fsyncs", "per 1,000 records", false, Metric::forces),
    /** The most resident memory of all brokers together, files that they map included. */
    PEAK_MEMORY("peak memory", "MiB", false, Metric::peakMemory),
    /** Resident memory of all brokers together that is no file. */
    OWN_MEMORY("own memory", "MiB", false, Metric::ownMemory),
    /** What all brokers together take of a core while nothing is to be done. */
    IDLE_CPU("idle CPU", "% of a core", false, ofIdle(Metric::idleCpu)),
    /** Resident memory of all brokers together, files that they map included. */
    RESIDENT(
            "resident memory",
            "MiB",
            false,
            ofIdle(step -> step.brokers().rssBytes() / Metric.MIB)),
    /** Of all brokers together. */
    THREADS("threads", "of all brokers", false, ofIdle(step -> step.brokers().threads())),
    /** Open file descriptors of all brokers together. */
    FILES("open files", "of all brokers", false, ofIdle(step -> step.brokers().files())),
    /** Memory mappings of all brokers together. */
    MAPS("memory maps", "of all brokers", false, ofIdle(step -> step.brokers().maps()));

    private static final double THOUSAND = 1e3;
    private static final double MILLION = 1e6;
    private static final int MIB = 1 << 20;

    private final String title;
    private final String unit;
    private final boolean moreIsBetter;
    private final Function<StepResult, OptionalDouble> value;

    Metric(
            String title,
            String unit,
            boolean moreIsBetter,
            Function<StepResult, OptionalDouble> value) {
        this.title = title;
        this.unit = unit;
        this.moreIsBetter = moreIsBetter;
        this.value = value;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** What it is counted in. */
    String unit() {
        return unit;
    }

    /** Whether more is better. */
    boolean moreIsBetter() {
        return moreIsBetter;
    }

    /** Of a step; empty if it has none, or does not count. */
    OptionalDouble of(StepResult step) {
        return step.counts() ? value.apply(step) : OptionalDouble.empty();
    }

    private static <T> Function<StepResult, OptionalDouble> of(
            Function<LoadResult, T> part, ToDoubleFunction<T> number) {
        return step -> {
            T found = part.apply(step.load());
            return found == null
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(number.applyAsDouble(found));
        };
    }

    /** What partitions cost that are there; the load of others would be told as theirs. */
    private static Function<StepResult, OptionalDouble> ofIdle(
            ToDoubleFunction<StepResult> number) {
        return step ->
                step.load().spec().work() == Work.IDLE
                        ? OptionalDouble.of(number.applyAsDouble(step))
                        : OptionalDouble.empty();
    }

    private static double idleCpu(StepResult step) {
        return 100 * step.brokers().cpuSeconds() / step.load().seconds();
    }

    private static Function<StepResult, OptionalDouble> gap(
            ToDoubleFunction<Failover> which, ToDoubleFunction<List<Double>> told) {
        return step -> {
            List<Failover> failovers = step.load().failovers();
            return failovers == null || failovers.isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(
                            told.applyAsDouble(
                                    failovers.stream().map(which::applyAsDouble).toList()));
        };
    }

    private static OptionalDouble acknowledgedAgain(StepResult step) {
        Recovery found = step.load().recovery();
        return found == null || found.acknowledgedSeconds() == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(found.acknowledgedSeconds());
    }

    private static OptionalDouble caughtUp(StepResult step) {
        Recovery found = step.load().recovery();
        return step.load().spec().work() == Work.CATCH_UP && found != null
                ? ratio(found.bytes() / MILLION, found.wholeSeconds())
                : OptionalDouble.empty();
    }

    private static double median(List<Double> gaps) {
        return Spread.of(gaps).median();
    }

    private static double worst(List<Double> gaps) {
        return Spread.of(gaps).max();
    }

    private static OptionalDouble brokerCpu(StepResult step) {
        return step.brokers() == null
                ? OptionalDouble.empty()
                : ratio(MILLION * step.brokers().cpuSeconds(), records(step.load()));
    }

    private static OptionalDouble clientCpu(StepResult step) {
        return ratio(MILLION * step.load().cost().cpuMs() / 1e3, records(step.load()));
    }

    private static OptionalDouble deliveredPerCpu(StepResult step) {
        Throughput received = step.load().received();
        return received == null || step.brokers() == null
                ? OptionalDouble.empty()
                : ratio(received.bytes() / MILLION, step.brokers().cpuSeconds());
    }

    private static OptionalDouble written(StepResult step) {
        Throughput published = step.load().published();
        return published == null || step.brokers() == null || step.brokers().writtenBytes() == null
                ? OptionalDouble.empty()
                : ratio(step.brokers().writtenBytes(), published.bytes());
    }

    private static OptionalDouble forces(StepResult step) {
        return step.forces() == null || step.forces().calls() == null
                ? OptionalDouble.empty()
                : ratio(THOUSAND * step.forces().calls(), step.forces().records());
    }

    private static OptionalDouble peakMemory(StepResult step) {
        return step.brokers() == null || step.brokers().peakRssBytes() == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(step.brokers().peakRssBytes() / (double) MIB);
    }

    private static OptionalDouble ownMemory(StepResult step) {
        return step.brokers() == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(step.brokers().anonBytes() / (double) MIB);
    }

    /** Those that were published or, where nothing was, received. */
    private static long records(LoadResult load) {
        Throughput counted = load.published() == null ? load.received() : load.published();
        return counted == null ? 0 : counted.records();
    }

    private static OptionalDouble ratio(double part, double whole) {
        return whole <= 0 ? OptionalDouble.empty() : OptionalDouble.of(part / whole);
    }
}
