package io.millrace.broker.partition;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on Chronicle Queue. */
class ChronicleLogHolesTest extends LogHolesContract {

    @TempDir Path directory;

    @Override
    PartitionLogStore openStore() throws IOException {
        return ChroniclePartitionLogStore.open(StoreSettings.of(directory, 0), System::nanoTime);
    }
}
