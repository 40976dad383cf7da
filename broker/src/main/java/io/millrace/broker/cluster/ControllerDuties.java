package io.millrace.broker.cluster;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.Controller;
import io.millrace.broker.controller.ControllerCommand;
import io.millrace.broker.controller.plan.ClusterCondition;
import io.millrace.broker.controller.plan.LeaderMove;
import io.millrace.broker.controller.plan.LeaderPlan;
import io.millrace.broker.controller.plan.LeaderTransfer;
import io.millrace.broker.controller.plan.RepairPlan;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the controller's leader does unasked: it repairs shards, goes on with moves, and spreads the
 * leaders. Looks once a second; what is refused or lost comes again. One thread.
 */
public final class ControllerDuties {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerDuties.class);

    /** A new leader of the controller hears of everybody first. */
    private static final int FIRST_LOOKS = 3;

    private static final int RELIEVED_AT_ONCE = 8;
    private static final int SPREAD_AT_ONCE = 2;

    private final Controller controller;
    private final BrokerWatch watch;
    private final LeaderDirectory leaders;
    private final Consumer<LeaderTransfer> transfers;
    private final LongSupplier nanoTime;
    private final AtomicInteger underWay = new AtomicInteger();
    private long term;
    private int looks;
    private long lastSpread;

    /**
     * @param transfers has a leadership handed over by the broker that holds it
     */
    public ControllerDuties(
            Controller controller,
            BrokerWatch watch,
            LeaderDirectory leaders,
            Consumer<LeaderTransfer> transfers,
            LongSupplier nanoTime) {
        this.controller = controller;
        this.watch = watch;
        this.leaders = leaders;
        this.transfers = transfers;
        this.nanoTime = nanoTime;
    }

    /** To be called once a second. */
    public void look() {
        long now = controller.leadingTerm();
        if (now != term) {
            term = now;
            looks = 0;
            lastSpread = nanoTime.getAsLong();
        }
        ClusterImage image = controller.images().current();
        if (term == 0 || !image.formed() || ++looks <= FIRST_LOOKS || underWay.get() > 0) {
            return;
        }
        ClusterCondition condition =
                ClusterConditions.of(
                        image,
                        watch.reports().getReportsList(),
                        leaders,
                        node -> watch.deadFor(node).toMillis());
        RepairPlan.next(image, condition).forEach(this::submit);
        List<LeaderTransfer> relieved = LeaderPlan.relieve(image, condition, RELIEVED_AT_ONCE);
        relieved.forEach(transfers);
        if (relieved.isEmpty() && isSpreadDue(image.config().rebalanceIntervalMs())) {
            LeaderPlan.spread(image, condition, SPREAD_AT_ONCE).forEach(this::move);
        }
    }

    /** Leaders are spread more seldom than repairs begin: each move costs a moment's pause. */
    private boolean isSpreadDue(long intervalMs) {
        long now = nanoTime.getAsLong();
        boolean due = now - lastSpread >= TimeUnit.MILLISECONDS.toNanos(intervalMs);
        lastSpread = due ? now : lastSpread;
        return due;
    }

    /** The order of preference first: a leadership that goes against it would come back. */
    private void move(LeaderMove move) {
        move.order()
                .<CompletableFuture<?>>map(this::submit)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenRun(() -> transfers.accept(move.transfer()));
    }

    private CompletableFuture<?> submit(ControllerCommand<?> command) {
        LOG.info("the cluster is put right: {}", command);
        underWay.incrementAndGet();
        return controller
                .submit(command)
                .whenComplete(
                        (done, error) -> {
                            underWay.decrementAndGet();
                            if (error != null) {
                                LOG.info("{} failed: {}", command, error.getMessage());
                            }
                        });
    }
}
