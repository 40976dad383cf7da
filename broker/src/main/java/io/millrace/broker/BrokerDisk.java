package io.millrace.broker;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.data.DiskReserve;
import io.millrace.broker.data.DiskSpace;
import io.millrace.broker.data.DiskState;
import io.millrace.broker.shard.WriteGate;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;

/** The disk that the broker writes to, and the gate that closes when it is full. Thread-safe. */
final class BrokerDisk {

    private final WriteGate gate;
    private final DiskSpace space;

    BrokerDisk(BrokerConfig config, Path directory, WriteGate gate, BrokerThreads threads)
            throws IOException {
        this.gate = gate;
        this.space =
                new DiskSpace(
                        DiskSpace.probeOf(directory), DiskReserve.of(config.disk().reserveBytes()));
        space.addListener(this::became);
        became(space.state());
        space.watch(threads.timer(), config.disk().checkIntervalMs());
    }

    private void became(DiskState state) {
        if (state == DiskState.FULL) {
            gate.close(ErrorCode.DISK_FULL, problem());
        } else {
            gate.open(ErrorCode.DISK_FULL);
        }
    }

    private String problem() {
        return "the disk of the broker's data directory has less than %,d bytes free, so it takes no"
                        .formatted(space.reserveBytes())
                + " writes; free space, or shorten the retention of topics";
    }

    WriteGate gate() {
        return gate;
    }

    DiskSpace space() {
        return space;
    }
}
