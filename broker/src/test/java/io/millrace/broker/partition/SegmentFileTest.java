package io.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SegmentFileTest {

    @TempDir Path directory;

    private final CountDownLatch failNow = new CountDownLatch(1);
    private final AtomicInteger forces = new AtomicInteger();

    /** A disk as Linux shows it: the first force of a descriptor fails, each later one is fine. */
    private DataFile failingOnce(Path path) {
        return new DataFile() {
            @Override
            public void write(ByteBuffer bytes, long position) {}

            @Override
            public void force() throws IOException {
                if (forces.incrementAndGet() == 1) {
                    awaitFailure();
                    throw new IOException("Input/output error");
                }
            }

            @Override
            public void close() {}
        };
    }

    private void awaitFailure() throws IOException {
        try {
            failNow.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** S4a, S9: a manifest must not name what one force has lost and the next did not hear of. */
    @Test
    void shouldFailEveryForceOfAFileAfterOneThatFailed() throws Exception {
        DiskSpace space = new DiskSpace(() -> Long.MAX_VALUE, 0);
        SegmentFile file = new SegmentFile(directory, this::failingOnce, space);
        file.beginWrite();
        file.endWrite(0);

        CompletableFuture<Boolean> background = forceElsewhere(file);
        await().until(() -> forces.get() == 1);
        CompletableFuture<Boolean> checkpoint = forceElsewhere(file);
        await().pollInterval(10, TimeUnit.MILLISECONDS)
                .during(100, TimeUnit.MILLISECONDS)
                .until(() -> !checkpoint.isDone());
        failNow.countDown();

        assertThatThrownBy(background::join).hasMessageContaining("Input/output error");
        assertThatThrownBy(checkpoint::join).hasMessageContaining("has failed before");
        assertThat(file.isDirty()).isTrue();
        assertThat(forces).as("a force is never tried again").hasValue(1);
    }

    private static CompletableFuture<Boolean> forceElsewhere(SegmentFile file) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return file.force(0);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
    }
}
