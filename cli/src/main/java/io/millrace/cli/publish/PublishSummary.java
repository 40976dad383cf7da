package io.millrace.cli.publish;

/**
 * What became of the lines that were read.
 *
 * @param acknowledged fsynced on a majority
 * @param notApplied certainly not stored
 * @param unknown maybe stored
 */
record PublishSummary(long acknowledged, long notApplied, long unknown) {
    /** Whether nothing is missing. */
    boolean isComplete() {
        return notApplied == 0 && unknown == 0;
    }

    @Override
    public String toString() {
        return "acknowledged "
                + acknowledged
                + ", not applied "
                + notApplied
                + ", unknown "
                + unknown;
    }
}
