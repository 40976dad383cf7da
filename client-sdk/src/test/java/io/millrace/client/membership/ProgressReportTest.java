package io.millrace.client.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.v1.AssignedPartition;
import io.millrace.v1.MemberProgress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProgressReportTest {
    private final ProgressReport report = new ProgressReport();

    @Test
    void shouldTellOnlyWhatHasChanged() {
        assertThat(report.next(List.of(at(0, 5), at(1, 6)))).containsExactly(at(0, 5), at(1, 6));
        assertThat(report.next(List.of(at(0, 5), at(1, 6)))).isEmpty();
        assertThat(report.next(List.of(at(0, 5), at(1, 7)))).containsExactly(at(1, 7));
    }

    @Test
    void shouldTellAgainOfWhatHasGoneAndComeBack() {
        report.next(List.of(at(0, 5), at(1, 6)));
        assertThat(report.next(List.of(at(0, 5)))).isEmpty();
        assertThat(report.next(List.of(at(0, 5), at(1, 6)))).containsExactly(at(1, 6));
    }

    @Test
    void shouldTellOfEveryPartitionInTurnHoweverManyChange() {
        int partitions = 3 * ProgressReport.MAX_AT_ONCE - 7;
        Set<Integer> told = new HashSet<>();
        for (int beat = 0; beat < 3; beat++) {
            told.addAll(beat(partitions, beat));
        }
        assertThat(told).hasSize(partitions);
        told.clear();
        for (int beat = 3; beat < 6; beat++) {
            told.addAll(beat(partitions, beat));
        }
        assertThat(told).hasSize(partitions);
    }

    private List<Integer> beat(int partitions, int position) {
        List<MemberProgress> all =
                new ArrayList<>(
                        IntStream.range(0, partitions).mapToObj(p -> at(p, position)).toList());
        List<MemberProgress> next = report.next(all);
        assertThat(next).hasSizeLessThanOrEqualTo(ProgressReport.MAX_AT_ONCE);
        return next.stream().map(it -> it.getPartition().getPartition()).toList();
    }

    private static MemberProgress at(int partition, long position) {
        return MemberProgress.newBuilder()
                .setPartition(AssignedPartition.newBuilder().setTopic("t").setPartition(partition))
                .setPosition(position)
                .build();
    }
}
