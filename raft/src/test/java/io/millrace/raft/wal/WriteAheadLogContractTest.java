package io.millrace.raft.wal;

import io.millrace.raft.RaftListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract on real files, in segments so small that tests fill many. */
class WriteAheadLogContractTest extends AbstractShardLogContract {

    private static final WalOptions OPTIONS =
            WalOptions.defaults()
                    .withSegments(64 << 10, 1, 4 << 20)
                    .withDelays(
                            Duration.ofMillis(1),
                            Duration.ZERO,
                            Duration.ofMillis(5),
                            Duration.ofSeconds(10));

    @TempDir private Path directory;
    private WriteAheadLog log;

    @BeforeEach
    void open() throws IOException {
        log =
                WriteAheadLog.open(
                        directory, OPTIONS, new RaftListener() {}, System::nanoTime, new Random(1));
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Override
    ShardLog log(int shard) {
        return log.shard(shard);
    }

    @Override
    void reopen() {
        try {
            close();
            open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
