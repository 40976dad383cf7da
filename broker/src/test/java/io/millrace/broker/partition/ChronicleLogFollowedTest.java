package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log of which all that is appended stays in memory shows what any log shows. */
class ChronicleLogFollowedTest extends PartitionLogContract {

    @TempDir Path directory;

    @Override
    PartitionLogStore openStore() throws IOException {
        return ChroniclePartitionLogStore.open(
                StoreSettings.of(directory, 0),
                System::nanoTime,
                new RecentMemory(1L << 30),
                Runnable::run);
    }

    /** Somebody follows it who reads nothing more. */
    @BeforeEach
    void follow() throws IOException {
        log.follower(log.endOffset()).read(1);
    }

    @Override
    void restart(LogState state) throws IOException {
        super.restart(state);
        follow();
    }

    @Override
    LogReader reader(long offset) {
        return log.follower(offset);
    }
}
