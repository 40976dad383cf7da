package io.millrace.tests.history;

/**
 * How much there was.
 *
 * @param sent records that were sent
 * @param acknowledged those that were acknowledged
 * @param refused those that were surely not stored
 * @param unknown those of which nothing is known
 * @param reads records that were read while the run went on
 * @param delivered records that members of a group were given, each time counted
 */
public record Counts(
        long sent, long acknowledged, long refused, long unknown, long reads, long delivered) {

    static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0);

    Counts plus(Counts other) {
        return new Counts(
                sent + other.sent,
                acknowledged + other.acknowledged,
                refused + other.refused,
                unknown + other.unknown,
                reads + other.reads,
                delivered + other.delivered);
    }
}
