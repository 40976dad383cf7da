package io.millrace.tests.history;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Judges a history, partition by partition, in time and memory proportional to its events: the logs
 * of its topic, and what groups made of them.
 */
public final class HistoryChecker {

    /** With nothing broken, any record has its answer in this time. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final History history;
    private final Findings findings = new Findings();
    private final long stallNanos;
    private AckPauses pauses;
    private DeliveryGaps gaps;
    private long start = Long.MAX_VALUE;
    private long healed = Long.MIN_VALUE;
    private Counts counts = Counts.ZERO;

    private HistoryChecker(History history, Duration patience) {
        this.history = history;
        this.stallNanos = patience.toNanos();
    }

    /** Judges the files of a directory. */
    public static Verdict check(Path directory) throws IOException {
        return check(directory, PATIENCE);
    }

    /**
     * Judges the files of a directory.
     *
     * @param patience how long an answer may take when nothing is broken
     */
    public static Verdict check(Path directory, Duration patience) throws IOException {
        return new HistoryChecker(History.open(directory), patience).check();
    }

    private Verdict check() {
        readMarkers();
        for (int partition = 0; partition < history.partitionCount(); partition++) {
            judge(partition);
        }
        return new Verdict(Map.copyOf(findings.counts()), counts, pauses, gaps, text());
    }

    private void readMarkers() {
        LongStream.Builder marked = LongStream.builder();
        long steady = Long.MAX_VALUE;
        Events markers = history.markers();
        while (markers.next()) {
            start = Math.min(start, markers.time());
            if (markers.kind() == EventKind.FAULT) {
                marked.add(markers.time());
                healed = Long.MAX_VALUE;
            } else if (markers.kind() == EventKind.HEALED) {
                healed = markers.time();
            } else if (markers.kind() == EventKind.STEADY) {
                steady = markers.time();
            }
        }
        long[] faults = marked.build().toArray();
        pauses = new AckPauses(faults);
        gaps = new DeliveryGaps(steady, faults);
    }

    private void judge(int partition) {
        Events events = history.partition(partition);
        PartitionRun run = new PartitionRun(partition, findings, pauses, gaps, healed, stallNanos);
        run.take(events);
        if (run.sends.size() > 0) {
            start = Math.min(start, run.sends.invoked[0]);
        }
        PlaceJudge places = new PlaceJudge(run, findings);
        places.judge();
        new OrderJudge(run, findings).judge();
        run.deliveries.finish(places.log(), run.logStart, run.lastTime);
        counts = counts.plus(run.counts());
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                "%,d events: sent %,d, acknowledged %,d, refused %,d, unknown %,d; read %,d, delivered %,d%n"
                        .formatted(
                                history.eventCount(),
                                counts.sent(),
                                counts.acknowledged(),
                                counts.refused(),
                                counts.unknown(),
                                counts.reads(),
                                counts.delivered()));
        text.append(pauses).append(System.lineSeparator());
        if (!gaps.partitions().isEmpty()) {
            text.append(gaps).append(System.lineSeparator());
        }
        if (findings.counts().isEmpty()) {
            text.append("nothing is wrong").append(System.lineSeparator());
        }
        findings.counts()
                .forEach(
                        (anomaly, count) -> {
                            text.append(
                                    "%s × %,d (%s)%n"
                                            .formatted(anomaly.label(), count, anomaly.meaning()));
                            for (Finding finding : findings.first(anomaly)) {
                                text.append("    ")
                                        .append(finding.text(start))
                                        .append(System.lineSeparator());
                            }
                        });
        return text.toString();
    }
}
