package io.millrace.perf.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.perf.workload.PayloadGenerator;
import io.millrace.perf.workload.Workloads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one thing done to a good log is found as. */
class DeliveryVerifierTest {
    private static final long RUN = 42;
    private static final int PUBLISHERS = 2;
    private static final int PARTITIONS = 3;
    private static final int PER_PUBLISHER = 10_000;
    private static final long[] SENT = {PER_PUBLISHER, PER_PUBLISHER};

    private final PayloadGenerator payload =
            PayloadGenerator.halfRandom(RUN, Workloads.of(1, 60, 20, PUBLISHERS));
    private final DeliveryVerifier verifier = new DeliveryVerifier(RUN, PUBLISHERS, PARTITIONS);
    private final List<Stored> log = new ArrayList<>();

    @BeforeEach
    void fillLog() {
        for (int i = 0; i < PER_PUBLISHER; i++) {
            for (int publisher = 0; publisher < PUBLISHERS; publisher++) {
                log.add(stored(payload, publisher, i));
            }
        }
    }

    @Test
    void shouldAcceptAGoodLog() {
        Verification found = judge(log);
        assertThat(found.good()).isTrue();
        assertThat(found.expected()).isEqualTo(2 * PER_PUBLISHER);
        assertThat(found.received()).isEqualTo(2 * PER_PUBLISHER);
        assertThat(found.firstProblem()).isNull();
    }

    @Test
    void shouldAcceptPartitionsThatComeOneAfterTheOther() {
        List<Stored> byPartition = new ArrayList<>(log);
        byPartition.sort((a, b) -> Integer.compare(a.partition(), b.partition()));
        assertThat(judge(byPartition).good()).isTrue();
    }

    @Test
    void shouldFindALostRecord() {
        log.remove(2 * 5_000);
        Verification found = judge(log);
        assertThat(found.lost()).isEqualTo(1);
        assertThat(found.doubled() + found.outOfOrder() + found.corrupt()).isZero();
        assertThat(found.good()).isFalse();
        assertThat(found.firstProblem()).isEqualTo("record 5000 of publisher 0 is lost");
    }

    @Test
    void shouldFindALostEnd() {
        log.remove(log.size() - 1);
        log.remove(log.size() - 1);
        assertThat(judge(log).lost()).isEqualTo(2);
    }

    @Test
    void shouldFindThatNothingCame() {
        assertThat(judge(List.of()).lost()).isEqualTo(2 * PER_PUBLISHER);
    }

    @Test
    void shouldFindADoubledRecordNearAndFar() {
        log.add(101, log.get(100));
        log.add(log.get(7));
        Verification found = judge(log);
        assertThat(found.doubled()).isEqualTo(2);
        assertThat(found.received()).isEqualTo(2 * PER_PUBLISHER + 2);
        assertThat(found.lost() + found.outOfOrder() + found.corrupt()).isZero();
    }

    @Test
    void shouldFindSwappedRecordsOfAPartition() {
        int first = 500;
        int second = first + 1;
        while (log.get(second).partition() != log.get(first).partition()
                || (second - first) % PUBLISHERS != 0) {
            second++;
        }
        Collections.swap(log, first, second);
        Verification found = judge(log);
        assertThat(found.outOfOrder()).isPositive();
        assertThat(found.lost() + found.doubled() + found.corrupt()).isZero();
    }

    @Test
    void shouldFindACorruptRecord() {
        log.get(1_234).value()[50] ^= 0x10;
        Verification found = judge(log);
        assertThat(found.corrupt()).isEqualTo(1);
        assertThat(found.lost()).as("its content has not come").isEqualTo(1);
        assertThat(found.firstProblem()).contains("corrupt");
    }

    @Test
    void shouldFindARecordUnderAnotherKey() {
        Stored record = log.get(60);
        log.set(60, new Stored(record.partition(), new byte[] {1}, record.value()));
        assertThat(judge(log).corrupt()).isEqualTo(1);
    }

    @Test
    void shouldFindEachOfManyFaultsAtRandomPlaces() {
        long seed = 4_711;
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            log.remove(random.nextInt(log.size()));
        }
        for (int i = 0; i < 30; i++) {
            log.add(log.get(random.nextInt(log.size())));
        }
        Verification found = judge(log);
        assertThat(found.lost()).as("seed %d", seed).isEqualTo(50);
        assertThat(found.doubled()).as("seed %d", seed).isEqualTo(30);
    }

    @Test
    void shouldNotMissWhatWasRefused() {
        log.remove(2 * 5_000);
        verifier.failed(0, 5_000);
        Verification found = judge(log);
        assertThat(found.good()).isTrue();
        assertThat(found.expected()).isEqualTo(2 * PER_PUBLISHER - 1);
    }

    @Test
    void shouldNotMindIfWhatFailedCameAfterAll() {
        verifier.failed(1, 77);
        assertThat(judge(log).good()).isTrue();
    }

    @Test
    void shouldNotJudgeRecordsOfOthers() {
        PayloadGenerator other =
                PayloadGenerator.halfRandom(RUN + 1, Workloads.of(1, 60, 20, PUBLISHERS));
        log.add(300, stored(other, 0, 9));
        log.add(300, new Stored(0, null, null));
        log.add(300, new Stored(0, null, new byte[100]));
        Verification found = judge(log);
        assertThat(found.good()).isTrue();
        assertThat(found.foreign()).isEqualTo(3);
    }

    private Verification judge(List<Stored> records) {
        long offset = 0;
        for (Stored record : records) {
            verifier.accept(record.partition(), offset++, record.key(), record.value());
        }
        return verifier.finish(SENT);
    }

    private static Stored stored(PayloadGenerator payload, int publisher, long sequence) {
        byte[] key = payload.key(publisher, sequence);
        int partition = key[key.length - 1] % PARTITIONS;
        return new Stored(partition, key, payload.value(publisher, sequence, key, sequence));
    }

    private record Stored(int partition, byte[] key, byte[] value) {}
}
