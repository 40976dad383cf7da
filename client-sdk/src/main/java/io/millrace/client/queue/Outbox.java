package io.millrace.client.queue;

import io.millrace.protocol.error.WireError;
import io.millrace.v1.DeliveryName;
import io.millrace.v1.Extend;
import io.millrace.v1.ReceiveRequest;
import io.millrace.v1.Settle;
import io.millrace.v1.SettleRefusal;
import io.millrace.v1.SettleResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What is said on one stream: it waits to be sent together, then for its answer. Pure. */
final class Outbox {
    /** Sent at once when so many wait. */
    static final int MAX_TOGETHER = 1_000;

    private final Map<Long, List<Word>> sent = new LinkedHashMap<>();
    private List<Word> waiting = new ArrayList<>();
    private long lastCorrelation;

    /**
     * Adds a word.
     *
     * @return how many wait now
     */
    int add(Word word) {
        waiting.add(word);
        return waiting.size();
    }

    /** Sends what waits, in its order. */
    void flush(Consumer<ReceiveRequest.Builder> out, long nowNanos) {
        int from = 0;
        while (from < waiting.size()) {
            int to = from + 1;
            while (to < waiting.size()
                    && to - from < MAX_TOGETHER
                    && waiting.get(to).leaseMs() == waiting.get(from).leaseMs()) {
                to++;
            }
            List<Word> together = List.copyOf(waiting.subList(from, to));
            together.forEach(word -> word.sent(nowNanos));
            sent.put(++lastCorrelation, together);
            out.accept(message(together));
            from = to;
        }
        waiting = new ArrayList<>();
    }

    private ReceiveRequest.Builder message(List<Word> together) {
        int leaseMs = together.get(0).leaseMs();
        if (leaseMs == 0) {
            Settle.Builder settle = Settle.newBuilder().setCorrelationId(lastCorrelation);
            together.forEach(word -> settle.addSettlements(word.settlement()));
            return ReceiveRequest.newBuilder().setSettle(settle);
        }
        Extend.Builder extend =
                Extend.newBuilder().setCorrelationId(lastCorrelation).setLeaseMs(leaseMs);
        together.forEach(word -> extend.addDeliveries(word.name()));
        return ReceiveRequest.newBuilder().setExtend(extend);
    }

    /**
     * An answer has come.
     *
     * @return tells those who wait; to be run without locks
     */
    List<Runnable> answered(SettleResult result) {
        List<Word> words = sent.remove(result.getCorrelationId());
        if (words == null) {
            return List.of();
        }
        Map<DeliveryName, SettleRefusal> refused = new HashMap<>();
        result.getRefusedList().forEach(it -> refused.put(it.getDelivery(), it));
        List<Runnable> told = new ArrayList<>();
        for (Word word : words) {
            SettleRefusal refusal = refused.get(word.name());
            told.add(
                    refusal == null
                            ? word.done()
                            : word.refused(WireError.fromDetail(refusal.getError())));
        }
        return told;
    }

    /** The stream has ended: what was not answered is to be said on another one. */
    List<Word> drain() {
        List<Word> all = new ArrayList<>();
        for (List<Word> words : sent.values()) {
            words.forEach(Word::markInDoubt);
            all.addAll(words);
        }
        all.addAll(waiting);
        sent.clear();
        waiting = new ArrayList<>();
        return all;
    }

    /** Whether nobody waits for an answer: what is left only gives back what was not begun. */
    boolean isSettled() {
        return sent.values().stream().flatMap(List::stream).allMatch(Word::isReturn)
                && waiting.stream().allMatch(Word::isReturn);
    }
}
