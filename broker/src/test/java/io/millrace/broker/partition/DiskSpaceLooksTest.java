package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DiskSpaceLooksTest {

    private static final Path FILE = Path.of("file");
    private static final long RESERVE = 1 << 30;
    private static final long WRITE = 64 << 10;

    private final AtomicLong usable = new AtomicLong();
    private final AtomicInteger looks = new AtomicInteger();
    private final DiskSpace space =
            new DiskSpace(
                    () -> {
                        looks.incrementAndGet();
                        return usable.get();
                    },
                    RESERVE);

    @Test
    void shouldLookOnceForManyWritesWhereThereIsPlenty() throws IOException {
        usable.set(RESERVE + DiskSpace.PLENTY_BYTES);
        int writes = 17 * 10;
        for (int i = 0; i < writes; i++) {
            space.require(WRITE, FILE);
        }
        assertThat(looks).hasValue(10);
    }

    @Test
    void shouldLookForEachWriteWhereLittleIsLeft() throws IOException {
        usable.set(RESERVE + DiskSpace.PLENTY_BYTES - 1);
        for (int i = 0; i < 10; i++) {
            space.require(WRITE, FILE);
        }
        assertThat(looks).hasValue(10);
        usable.set(RESERVE + WRITE - 1);
        assertThatThrownBy(() -> space.require(WRITE, FILE))
                .isInstanceOf(PartitionLog.DiskFullException.class)
                .hasMessageContaining("needs 65536 bytes more, 1073807359 are free")
                .hasMessageContaining("1073741824 of them are kept in reserve");
    }

    /** Others write, too. */
    @Test
    void shouldTakeNoMoreThanAStepOnceTheDiskIsFull() throws IOException {
        usable.set(RESERVE + DiskSpace.PLENTY_BYTES);
        space.require(WRITE, FILE);
        usable.set(RESERVE);
        long taken = 0;
        try {
            while (taken <= DiskSpace.STEP_BYTES) {
                space.require(WRITE, FILE);
                taken += WRITE;
            }
        } catch (PartitionLog.DiskFullException e) {
            assertThat(taken).isEqualTo(DiskSpace.STEP_BYTES);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> space.require(1, FILE)).isInstanceOf(e.getClass());
            }
            return;
        }
        throw new AssertionError("nothing was refused, " + taken + " bytes were granted");
    }

    @Test
    void shouldLookForAWriteThatIsLargerThanAStep() throws IOException {
        usable.set(RESERVE + DiskSpace.PLENTY_BYTES);
        space.require(DiskSpace.STEP_BYTES + 1, FILE);
        space.require(DiskSpace.STEP_BYTES + 1, FILE);
        assertThat(looks).hasValue(2);
    }
}
