package io.millrace.client.group;

import io.millrace.client.cluster.Backoff;
import io.millrace.client.subscribe.ReceivedRecord;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Processes the records of some keys, one after the other, on one thread. */
final class Lane {
    private static final long LOOK_MS = 100;

    private record Work(Held stay, ReceivedRecord record) {}

    private final Member member;
    private final RecordHandler handler;
    private final Retries retries;
    private final BlockingQueue<Work> waiting;
    private volatile boolean stopped;

    Lane(Member member, RecordHandler handler, Retries retries, int room) {
        this.member = member;
        this.handler = handler;
        this.retries = retries;
        this.waiting = new ArrayBlockingQueue<>(room);
    }

    /** Waits for room; nothing is taken any more once it was stopped or the member ends. */
    void put(Held stay, ReceivedRecord record) throws InterruptedException {
        Work work = new Work(stay, record);
        while (!stopped && !member.isClosing() && member.failure() == null) {
            if (waiting.offer(work, LOOK_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    void stop() {
        stopped = true;
    }

    void run() {
        try {
            while (!stopped) {
                Work work = waiting.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                // What is not this member's any more is left to whoever has it now.
                if (work != null && member.begin(work.stay())) {
                    process(work);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            member.fail(new IllegalStateException("a handler's thread was interrupted", e));
        }
    }

    private void process(Work work) throws InterruptedException {
        boolean finished = false;
        try {
            finished = attempts(work);
        } finally {
            member.ended(work.stay(), work.record().offset(), finished);
        }
    }

    /** Whether the record is done. */
    private boolean attempts(Work work) throws InterruptedException {
        Backoff backoff = new Backoff(retries.firstWait(), retries.longestWait(), retries.random());
        for (int attempt = 0; ; attempt++) {
            try {
                handler.handle(work.record());
                return true;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                if (attempt == retries.times()) {
                    return exhausted(work.record(), e);
                }
            } catch (Error e) {
                member.fail(failed(work.record(), e));
                throw e;
            }
            member.news().sleep(backoff.next(), () -> isOver(work));
            if (isOver(work)) {
                return false;
            }
        }
    }

    /** Whether it is no use to try it again: who has it next will. */
    private boolean isOver(Work work) {
        return stopped
                || member.isClosing()
                || member.failure() != null
                || !member.isOurs(work.stay());
    }

    private boolean exhausted(ReceivedRecord record, Exception why) {
        if (retries.exhausted() instanceof ExhaustedRetries.Skip skip) {
            try {
                skip.callback().accept(record, why);
                return true;
            } catch (RuntimeException e) {
                e.addSuppressed(why);
                member.fail(failed(record, e));
                return false;
            }
        }
        member.fail(failed(record, why));
        return false;
    }

    private static IllegalStateException failed(ReceivedRecord record, Throwable why) {
        return new IllegalStateException(
                "the record at offset "
                        + record.offset()
                        + " of "
                        + record.topicPartition()
                        + " could not be processed",
                why);
    }
}
