package io.millrace.broker.data;

/**
 * Decides by the free space whether the broker may write. Immutable.
 *
 * <p>Between the two limits the decision stays what it was, so that a disk at the limit does not
 * make publishers stop and go.
 *
 * @param reserveBytes below this many free bytes the disk counts as full; 0: never
 * @param resumeBytes from this many free bytes on it does not any more
 */
public record DiskReserve(long reserveBytes, long resumeBytes) {

    public DiskReserve {
        if (reserveBytes < 0 || resumeBytes < reserveBytes) {
            throw new IllegalArgumentException(
                    "reserve %d, resume %d".formatted(reserveBytes, resumeBytes));
        }
    }

    /** With a quarter of the reserve more to be free before writing goes on. */
    public static DiskReserve of(long reserveBytes) {
        return new DiskReserve(reserveBytes, reserveBytes + reserveBytes / 4);
    }

    /** The state that follows. */
    public DiskState next(DiskState present, long freeBytes) {
        if (freeBytes < reserveBytes) {
            return DiskState.FULL;
        }
        return freeBytes >= resumeBytes ? DiskState.OK : present;
    }
}
