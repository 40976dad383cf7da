package io.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskSpaceTest {

    private final List<DiskState> changes = new ArrayList<>();
    private long free = 1_000;
    private boolean broken;

    @Test
    void shouldBeFullBelowTheReserveAndResumeAQuarterAbove() throws IOException {
        DiskSpace space = space(400);

        assertThat(measured(space, 400)).isEqualTo(DiskState.OK);
        assertThat(measured(space, 399)).isEqualTo(DiskState.FULL);
        assertThat(measured(space, 499)).isEqualTo(DiskState.FULL);
        assertThat(measured(space, 500)).isEqualTo(DiskState.OK);
        assertThat(measured(space, 450)).isEqualTo(DiskState.OK);
        assertThat(changes).containsExactly(DiskState.FULL, DiskState.OK);
    }

    @Test
    void shouldKnowTheStateFromTheBeginning() throws IOException {
        free = 10;

        assertThat(space(400).state()).isEqualTo(DiskState.FULL);
    }

    @Test
    void shouldBelieveAFailedWriteUntilTheNextMeasurement() throws IOException {
        DiskSpace space = space(0);

        space.writeFailed();
        assertThat(space.state()).isEqualTo(DiskState.FULL);
        assertThat(measured(space, 1)).isEqualTo(DiskState.OK);
        assertThat(changes).containsExactly(DiskState.FULL, DiskState.OK);
    }

    @Test
    void shouldKeepTheStateWhileItCannotMeasure() throws IOException {
        DiskSpace space = space(400);
        assertThat(measured(space, 1)).isEqualTo(DiskState.FULL);

        broken = true;
        assertThat(measured(space, 1_000)).isEqualTo(DiskState.FULL);
        broken = false;
        assertThat(measured(space, 1_000)).isEqualTo(DiskState.OK);
    }

    @Test
    void shouldRefuseAReserveBelowZero() {
        assertThatThrownBy(() -> DiskReserve.of(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMeasureARealDisk(@TempDir Path directory) throws IOException {
        assertThat(DiskSpace.probeOf(directory).freeBytes()).isPositive();
    }

    private DiskSpace space(long reserve) throws IOException {
        DiskSpace space =
                new DiskSpace(
                        () -> {
                            if (broken) {
                                throw new IOException("told to fail");
                            }
                            return free;
                        },
                        DiskReserve.of(reserve));
        space.addListener(changes::add);
        return space;
    }

    private DiskState measured(DiskSpace space, long bytes) {
        free = bytes;
        space.measure();
        return space.state();
    }
}
