package io.millrace.perf.compare;

import io.millrace.perf.compare.cluster.BrokerCluster;
import io.millrace.perf.compare.cluster.BrokerProcess;
import io.millrace.perf.host.MachineSample;
import io.millrace.perf.host.ProcFiles;
import io.millrace.perf.host.ProcSample;
import io.millrace.perf.load.LoadResult;
import io.millrace.perf.load.Spec;
import io.millrace.perf.load.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Does one round: a cluster from start to end, and all its loads. For one thread. */
final class RoundRun {
    private final Workshop workshop;
    private final Round round;
    private final ProcFiles proc = new ProcFiles();

    RoundRun(Workshop workshop, Round round) {
        this.workshop = workshop;
        this.round = round;
    }

    /**
     * Blocks until it is done. A load that fails is told in the result; a cluster that does ends
     * it.
     */
    RoundResult run() throws IOException, InterruptedException {
        Instant start = workshop.clock().instant();
        try (BrokerCluster cluster = workshop.newCluster(round)) {
            // What there is to fill is filled for the most part while the brokers warm up.
            workshop.ballast().resume();
            workshop.say("%s: starting three brokers (%s)", title(), cluster.description());
            cluster.start();
            if (round.warmUp() != null) {
                warmUp(cluster);
            }
            List<StepResult> results = new ArrayList<>();
            for (Step step : round.steps()) {
                StepResult result = run(cluster, step, results.size() + 1);
                results.add(result);
                tell(result);
                checkAlive(cluster, result);
            }
            return new RoundResult(
                    round.number(),
                    round.system(),
                    cluster.description(),
                    start.toString(),
                    results);
        }
    }

    private void warmUp(BrokerCluster cluster) throws IOException, InterruptedException {
        workshop.say("%s: warming up for %.0f s", title(), round.warmUp().pace().seconds());
        StepResult result = run(cluster, round.warmUp(), 0);
        if (!result.counts()) {
            throw new IOException("the warm-up failed: " + result.problem());
        }
    }

    private StepResult run(BrokerCluster cluster, Step step, int number)
            throws IOException, InterruptedException {
        workshop.checkDisk();
        workshop.ballast().resume();
        workshop.settle();
        if (step != round.warmUp()) {
            workshop.fillMemory(title(), number == 1);
        }
        String name =
                "%02d-%s-%s"
                        .formatted(
                                number,
                                step.scenario().name(),
                                step.contestant().name().toLowerCase(Locale.ROOT));
        Spec spec =
                step.scenario()
                        .spec(step.contestant(), cluster.bootstrap(), "bench-" + name, step.pace());
        Path files = workshop.logs(round).resolve(name);
        BrokerOrders orders = new BrokerOrders(cluster);
        try (ForceCounter counter = counter(cluster, step, files);
                LoadProcess load =
                        LoadProcess.start(
                                workshop.children(),
                                spec,
                                workshop.drivers(round.system()),
                                files)) {
            Forces forces = warmUp(load, counter);
            return measure(cluster, step, load, forces, orders);
        } catch (IOException e) {
            return StepResult.failed(step, e.getMessage());
        } finally {
            orders.restartAll();
        }
    }

    /** Of loads that publish before they are measured, as they do then; null for others. */
    private ForceCounter counter(BrokerCluster cluster, Step step, Path files) throws IOException {
        Work work = step.scenario().work();
        boolean counts = !work.isAlone() && !work.isBacklog() && !work.isFailover();
        if (!counts || step.pace().warmUpSeconds() == 0) {
            return null;
        }
        List<Long> pids = cluster.brokers().stream().map(BrokerProcess::pid).toList();
        return ForceCounter.of(workshop.children(), pids, files);
    }

    private static Forces warmUp(LoadProcess load, ForceCounter counter)
            throws IOException, InterruptedException {
        load.awaitReady();
        if (counter == null) {
            load.awaitWarm();
            return null;
        }
        counter.begin();
        return counter.end(load.awaitWarm());
    }

    private StepResult measure(
            BrokerCluster cluster, Step step, LoadProcess load, Forces forces, BrokerOrders orders)
            throws IOException, InterruptedException {
        if (step != round.warmUp()) {
            workshop.ballast().pause();
        }
        OptionalLong diskBefore = disk();
        long free = proc.memory().freeBytes();
        boolean peaks = resetPeaks(cluster);
        List<ProcSample> before = sample(cluster);
        MachineSample machineBefore = proc.machine();
        load.measure(orders);
        MachineSample machineAfter = proc.machine();
        List<ProcSample> after = sample(cluster);
        OptionalLong diskAfter = disk();
        workshop.ballast().resume();
        LoadResult result = load.awaitResult();
        return StepResult.of(
                step,
                result,
                orders.any() || step.scenario().work().isFailover()
                        ? null
                        : BrokerCost.of(before, after, since(diskBefore, diskAfter), peaks),
                forces,
                machineAfter.stolenSince(machineBefore),
                free);
    }

    private boolean resetPeaks(BrokerCluster cluster) throws IOException {
        boolean all = true;
        for (BrokerProcess broker : cluster.brokers()) {
            all &= proc.resetPeak(broker.pid());
        }
        return all;
    }

    /** What the disk was given so far; nothing is left to write. */
    private OptionalLong disk() throws IOException, InterruptedException {
        workshop.settle();
        return workshop.diskWritten();
    }

    private static Long since(OptionalLong before, OptionalLong after) {
        return before.isPresent() && after.isPresent()
                ? Long.valueOf(after.getAsLong() - before.getAsLong())
                : null;
    }

    private List<ProcSample> sample(BrokerCluster cluster) throws IOException {
        List<ProcSample> samples = new ArrayList<>();
        for (BrokerProcess broker : cluster.brokers()) {
            samples.add(proc.process(broker.pid()));
        }
        return samples;
    }

    private void tell(StepResult result) {
        StringBuilder line =
                new StringBuilder(
                        "%s: %s, %s:"
                                .formatted(
                                        title(), result.scenario(), result.contestant().title()));
        if (result.counts()) {
            for (Metric metric : CompareText.TOLD) {
                metric.of(result)
                        .ifPresent(
                                value ->
                                        line.append(
                                                " %s %s %s,"
                                                        .formatted(
                                                                metric.title(),
                                                                CompareText.number(value),
                                                                metric.unit())));
            }
            line.setLength(line.length() - 1);
        } else {
            line.append(" FAILED: ").append(result.problem().lines().findFirst().orElse(""));
        }
        workshop.say("%s", line);
    }

    private static void checkAlive(BrokerCluster cluster, StepResult last) throws IOException {
        for (BrokerProcess broker : cluster.brokers()) {
            if (!broker.isAlive()) {
                throw new IOException(
                        "broker %d of %s died during %s"
                                .formatted(broker.node(), cluster.name(), last.scenario()));
            }
        }
    }

    private String title() {
        return "round %d of %d".formatted(round.number(), workshop.rounds());
    }
}
