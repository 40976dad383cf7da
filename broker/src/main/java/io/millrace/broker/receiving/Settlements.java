package io.millrace.broker.receiving;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.queue.QueueChange;
import io.millrace.broker.queue.QueueCommand.SettleRecords;
import io.millrace.broker.queue.QueueResult;
import io.millrace.broker.queue.QueueResult.Settled;
import io.millrace.broker.shard.CommandResult;
import io.millrace.broker.shard.CommandResult.QueueChanged;
import io.millrace.broker.shard.ShardCommand.ChangeQueue;
import io.millrace.broker.turns.TurnLoop;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WriteOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes durable what the queues of a shard settle, that of several in one entry. What is settled
 * while entries are under way travels together: no timer, and the busier, the larger the entries.
 * Confined to the shard's loop.
 */
final class Settlements {

    private static final Logger LOG = LoggerFactory.getLogger(Settlements.class);

    /** Entries of which nobody knows yet what came of them. */
    static final int MAX_UNDER_WAY = 2;

    /** A change of a queue on its way. */
    private record Part(QueueDriver driver, QueueChange change) {}

    private final LocalShard shard;
    private final long term;
    private final TurnLoop loop;
    private final Consumer<QueueDriver> mark;
    private final Set<QueueDriver> waiting = new LinkedHashSet<>();

    /** Entries to be proposed again as they are, since nobody knows what came of them. */
    private final Deque<List<Part>> unknown = new ArrayDeque<>();

    /** Taken out of its queue, and too much for the entry before. */
    private Part carried;

    private int underWay;
    private boolean failing;

    /**
     * @param mark lets a queue be looked after
     */
    Settlements(LocalShard shard, long term, TurnLoop loop, Consumer<QueueDriver> mark) {
        this.shard = shard;
        this.term = term;
        this.loop = loop;
        this.mark = mark;
    }

    /** A queue may have something to be made durable. */
    void add(QueueDriver driver) {
        waiting.add(driver);
    }

    /** Whether it is known of each entry what came of it. */
    boolean isQuiet() {
        return underWay == 0;
    }

    /** Proposes what waits, as long as not too much is under way. */
    void flush() {
        while (underWay < MAX_UNDER_WAY) {
            List<Part> parts = gather();
            if (parts.isEmpty()) {
                return;
            }
            underWay++;
            propose(parts, false);
        }
    }

    /** Time passes: what came of nothing is tried again. */
    void retry() {
        for (int left = unknown.size(); left > 0; left--) {
            propose(unknown.poll(), true);
        }
    }

    private List<Part> gather() {
        List<Part> parts = new ArrayList<>();
        int weight = 0;
        if (carried != null) {
            weight = carried.change.settlement().weight();
            parts.add(carried);
            carried = null;
        }
        Iterator<QueueDriver> drivers = waiting.iterator();
        while (drivers.hasNext()) {
            QueueDriver driver = drivers.next();
            for (QueueChange next = driver.drain(); next != null; next = driver.drain()) {
                Part part = new Part(driver, next);
                if (weight + next.settlement().weight() > SettleRecords.MAX_WEIGHT) {
                    carried = part;
                    return parts;
                }
                weight += next.settlement().weight();
                parts.add(part);
            }
            drivers.remove();
        }
        return parts;
    }

    /**
     * @param again whether it was proposed before, and nobody knows what came of that
     */
    private void propose(List<Part> parts, boolean again) {
        SettleRecords command =
                new SettleRecords(parts.stream().map(part -> part.change.settlement()).toList());
        shard.writer()
                .execute(new ChangeQueue(command), term)
                .whenComplete(
                        (result, error) -> loop.post(() -> answered(parts, again, result, error)));
    }

    private void answered(List<Part> parts, boolean again, CommandResult result, Throwable error) {
        if (error != null) {
            failed(parts, again, error);
            return;
        }
        underWay--;
        failing = false;
        List<QueueResult> results = ((Settled) ((QueueChanged) result).result()).results();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (results.get(i) instanceof QueueResult.Refused) {
                part.driver.notApplied(part.change.id());
            } else {
                part.driver.confirmed(part.change.id());
            }
            mark.accept(part.driver);
        }
    }

    private void failed(List<Part> parts, boolean again, Throwable error) {
        Throwable cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        if (!failing) {
            failing = true;
            LOG.warn(
                    "what queues settle cannot be made durable, it is tried again shard={}: {}",
                    shard.shard().id(),
                    cause.toString());
        }
        boolean surelyNot =
                !again
                        && cause instanceof MillraceException failure
                        && failure.outcome() == WriteOutcome.NOT_APPLIED;
        if (surelyNot) {
            underWay--;
            for (Part part : parts) {
                part.driver.notApplied(part.change.id());
                mark.accept(part.driver);
            }
        } else {
            unknown.add(parts);
        }
    }
}
