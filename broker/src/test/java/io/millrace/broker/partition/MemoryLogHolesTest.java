package io.millrace.broker.partition;

/** The fake keeps the contract too. */
class MemoryLogHolesTest extends LogHolesContract {

    private final MemoryPartitionLogStore.Disk disk = new MemoryPartitionLogStore.Disk();

    @Override
    PartitionLogStore openStore() {
        return new MemoryPartitionLogStore(disk);
    }
}
