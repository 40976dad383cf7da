package io.millrace.broker.queue;

import static io.millrace.broker.queue.SimulatedLog.require;

import io.millrace.broker.queue.QueueRules.Held;
import io.millrace.broker.queue.QueueRules.Rec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Members of all sorts, leaders that come and go, entries that fail or are applied twice: after
 * each step {@link QueueRules} must hold, and in the end every record is done exactly once.
 */
final class QueueSimulationTest {

    private static final int SEEDS = Integer.getInteger("seeds", 60);
    private static final int STEPS = 600;
    private static final long LEASE_MS = 5_000;

    private Random random;
    private SimulatedLog log;
    private QueueRules rules;
    private QueueDispatcher dispatcher;
    private QueueSettings settings;
    private long monotonicMs;
    private final List<Held> held = new ArrayList<>();
    private final Deque<QueueChange> underWay = new ArrayDeque<>();
    private final List<Long> copying = new ArrayList<>();
    private final Set<Long> redriven = new HashSet<>();

    @Test
    void shouldHoldItsRulesWhateverHappens() {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                run(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("fails with -Dseed=" + seed, e);
            }
        }
    }

    private void run(Random random) {
        this.random = random;
        boolean isTight = random.nextInt(3) == 0;
        log = new SimulatedLog(random, isTight ? 3 + random.nextInt(30) : 1_000_000);
        rules = new QueueRules(log);
        rules.wallMs = 1_000_000_000;
        monotonicMs = 5;
        held.clear();
        redriven.clear();
        int breaker = random.nextInt(4) == 0 ? 10 : 100;
        settings =
                new QueueSettings(3 + random.nextInt(60), LEASE_MS, 1 + random.nextInt(5), breaker);
        rules.maxDeliveries = settings.maxDeliveries();
        lead();
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        finish();
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 12) {
            append();
        } else if (dice < 22) {
            pass(random.nextInt(10) == 0 ? 6_000 : random.nextInt(800));
        } else if (dice < 32) {
            memberMoves();
        } else if (dice < 50) {
            read();
            dispatch(1 + random.nextInt(8));
        } else if (dice < 70) {
            memberSpeaks();
        } else if (dice < 80) {
            propose();
        } else if (dice < 88) {
            resolve();
        } else if (dice < 93) {
            copyDeadLetters(random.nextInt(4) == 0);
        } else if (dice < 95) {
            log.someFollowerMoves();
        } else if (dice < 96) {
            redrive();
        } else if (dice < 97) {
            trim();
        } else if (dice < 98) {
            changeLeader();
        } else {
            settleAll();
            if (!log.table.isCrowded(LedQueue.KEY)) {
                rules.checkNothingWaitsInVain(dispatcher.statistics(), settings.window());
            }
        }
    }

    private void append() {
        for (int i = random.nextInt(6); i >= 0; i--) {
            long deliverAt = random.nextInt(8) == 0 ? rules.wallMs + random.nextInt(40_000) : 0;
            rules.records.add(
                    new Rec(
                            rules.records.size(),
                            random.nextInt(6),
                            random.nextInt(10) == 0,
                            random.nextInt(20) == 0,
                            deliverAt));
        }
    }

    private void pass(long millis) {
        if (random.nextInt(20) == 0) { // the leader was paused: it counts one tick
            tick(60_000);
        }
        for (long left = millis; left > 0; left -= 1_000) {
            tick(Math.min(left, 1_000));
        }
    }

    private void tick(long millis) {
        monotonicMs += millis;
        rules.wallMs += millis;
        rules.leaderClockMs += Math.min(millis, QueueDispatcher.LONGEST_TICK_MS);
        dispatcher.tick(monotonicMs, rules.wallMs);
    }

    private void memberMoves() {
        String member = "m" + random.nextInt(5);
        switch (random.nextInt(8)) {
            case 0 -> dispatcher.leave(member, false);
            case 1 -> {
                dispatcher.leave(member, true);
                for (Held each : held) {
                    each.isOver |= each.delivery.memberId().equals(member);
                }
            }
            default -> {
                dispatcher.join(member, 0);
                dispatcher.credit(member, random.nextInt(6));
            }
        }
    }

    private void read() {
        ReadWish wish = dispatcher.wish();
        if (wish == null) {
            return;
        }
        long end = Math.min(wish.to(), rules.records.size());
        end = random.nextInt(4) == 0 ? Math.min(end, wish.from() + 2) : end;
        for (long offset = wish.from(); offset < end; offset++) {
            Rec rec = rules.rec(offset);
            if (rules.isSkipped(rec)) {
                dispatcher.skip(offset, offset + 1);
            } else {
                offer(rec);
                if (random.nextInt(10) == 0) {
                    require(!offer(rec), offset + " is taken twice");
                }
            }
        }
    }

    private boolean offer(Rec rec) {
        return dispatcher.offer(
                new QueueRecord(rec.offset(), rec.key() != 0, rec.key(), rec.deliverAtMs()));
    }

    private void dispatch(int most) {
        dispatcher.crowded(log.table.isCrowded(LedQueue.KEY));
        for (RecordDelivery delivery : dispatcher.dispatch(most)) {
            held.add(rules.delivered(delivery, LEASE_MS));
        }
    }

    /** Someone says something of a delivery of this or a former term, in time or late. */
    private void memberSpeaks() {
        if (held.isEmpty()) {
            return;
        }
        int recent = Math.max(0, held.size() - 12);
        Held one = held.get(recent + random.nextInt(held.size() - recent));
        RecordDelivery delivery = one.delivery;
        boolean isPoison = rules.rec(delivery.offset()).isPoison();
        int dice = random.nextInt(10);
        if (dice == 0) {
            boolean extended =
                    dispatcher.extend(
                            delivery.memberId(), delivery.offset(), delivery.deliveryId(), 7_000);
            require(extended == rules.isValid(one), "an extension of " + delivery);
            one.deadlineMs = extended ? rules.leaderClockMs + 7_000 : one.deadlineMs;
        } else if (dice == 1) {
            say(one, new DeliveryFate.Return());
        } else if (dice == 2) {
            say(one, new DeliveryFate.Nack(random.nextInt(3) * 4_000L, "later"));
        } else if (isPoison) {
            say(
                    one,
                    dice < 8
                            ? new DeliveryFate.Nack(0, "poison")
                            : new DeliveryFate.Reject("poison"));
        } else {
            say(one, new DeliveryFate.Ack());
        }
    }

    private void say(Held one, DeliveryFate fate) {
        RecordDelivery delivery = one.delivery;
        SettleOutcome outcome =
                dispatcher.settle(
                        delivery.memberId(), delivery.offset(), delivery.deliveryId(), fate, 1);
        boolean isReturn = fate instanceof DeliveryFate.Return;
        SettleOutcome expected = isReturn ? SettleOutcome.DONE : SettleOutcome.PENDING;
        require(
                outcome == (rules.isValid(one) ? expected : SettleOutcome.EXPIRED),
                outcome + " for " + delivery);
        if (outcome == SettleOutcome.EXPIRED) {
            return;
        }
        one.isOver = true;
        if (isReturn) {
            rules.returned(one);
        } else if (fate instanceof DeliveryFate.Ack) {
            rules.acked(one);
        }
    }

    private void propose() {
        QueueChange change = dispatcher.drain();
        if (change != null) {
            underWay.add(change);
        }
    }

    /** The oldest change is applied, now and then twice, or surely is not. */
    private void resolve() {
        if (underWay.isEmpty()) {
            return;
        }
        QueueChange change = underWay.poll();
        if (random.nextInt(8) == 0) {
            dispatcher.notApplied(change.id());
        } else {
            apply(change);
            dispatcher.confirmed(change.id());
            if (random.nextInt(5) == 0) {
                apply(change);
            }
        }
    }

    private void apply(QueueChange change) {
        rules.settling(change.settlement(), rules.term);
        QueueResult result = log.settle(change.settlement());
        require(result instanceof QueueResult.Done, "refused: " + result);
    }

    private void copyDeadLetters(boolean fails) {
        dispatcher.giveUps(1 + random.nextInt(3)).forEach(wish -> copying.add(wish.offset()));
        for (long offset : copying) {
            if (fails) {
                long retryAtMs = rules.wallMs + random.nextInt(3_000);
                rules.copyRetryAtMs.put(offset, retryAtMs);
                dispatcher.copyFailed(offset, retryAtMs, random.nextBoolean() ? "no" : "");
            } else {
                rules.deadLetters.add(offset);
                dispatcher.copied(offset);
            }
        }
        copying.clear();
    }

    /** Each dead letter at most once, as those that redrive take care of. */
    private void redrive() {
        for (long offset : List.copyOf(rules.deadLetters)) {
            boolean wanted = random.nextBoolean() && !redriven.contains(offset);
            if (wanted && underWay.isEmpty() && log.progress().isDone(offset)) {
                QueueResult result = log.redrive(OffsetSet.of(offset));
                if (result instanceof QueueResult.Redriven done) {
                    redriven.add(offset);
                    rules.redriven(done.offsets());
                    dispatcher.redriven(done.offsets());
                }
            }
        }
    }

    private void trim() {
        long to = Math.max(rules.trimmedTo, dispatcher.statistics().floor());
        rules.trimmedTo = Math.min(rules.records.size(), to + random.nextInt(4));
        if (random.nextBoolean()) {
            dispatcher.skip(0, rules.trimmedTo);
        }
    }

    /** Of what is under way the first ones reach the log, the others never do. */
    private void changeLeader() {
        while (!underWay.isEmpty() && random.nextInt(3) > 0) {
            apply(underWay.poll());
        }
        if (!copying.isEmpty() || random.nextBoolean()) { // a copy is made, and nobody hears of it
            dispatcher.giveUps(2).forEach(wish -> rules.deadLetters.add(wish.offset()));
        }
        lead();
    }

    private void lead() {
        underWay.clear();
        copying.clear();
        rules.term++;
        rules.leaderClockMs = 0;
        rules.copyRetryAtMs.clear();
        dispatcher =
                new QueueDispatcher(
                        LedQueue.KEY,
                        log.progress(),
                        settings,
                        new DeliveryIds(rules.term),
                        monotonicMs,
                        rules.wallMs);
        dispatcher.skip(0, Math.max(rules.trimmedTo, 0));
    }

    /** Everything moves until nothing does: members that take anything, and say nothing. */
    private void settleAll() {
        tick(QueueDispatcher.RETRY_MS);
        dispatcher.skip(0, rules.trimmedTo);
        dispatcher.join("taker", 0);
        boolean moved = true;
        while (moved) {
            moved = settleChanges();
            dispatcher.credit("taker", 1_000);
            int before = held.size();
            long next = dispatcher.statistics().nextOffset();
            int unread = dispatcher.statistics().redrivenUnread();
            read();
            dispatch(1_000);
            moved |= held.size() > before;
            moved |= dispatcher.statistics().nextOffset() != next;
            moved |= dispatcher.statistics().redrivenUnread() != unread;
        }
        dispatcher.credit("taker", 0);
    }

    private boolean settleChanges() {
        boolean moved = false;
        while (true) {
            dispatcher.resume(); // the breaker may open at any time
            copyDeadLetters(false);
            propose();
            if (underWay.isEmpty()) {
                return moved;
            }
            QueueChange change = underWay.poll();
            apply(change);
            dispatcher.confirmed(change.id());
            moved = true;
        }
    }

    /** Healthy members, until everything is done. */
    private void finish() {
        for (int round = 0; !isFinished(); round++) {
            require(round < 2_000, "stuck: " + log.progress() + ", " + dispatcher.statistics());
            settleAll();
            for (Held one : held) {
                if (rules.isValid(one)) {
                    boolean isPoison = rules.rec(one.delivery.offset()).isPoison();
                    say(one, isPoison ? new DeliveryFate.Nack(0, "") : new DeliveryFate.Ack());
                }
            }
            tick(1_000);
        }
        rules.checkEnd();
        log.checkFollowers();
    }

    private boolean isFinished() {
        QueueProgress progress = log.progress();
        return progress.watermark() == rules.records.size() && progress.redriven().isEmpty();
    }
}
