package io.millrace.client.admin.group;

import java.util.List;

/**
 * What a seek did, or would do.
 *
 * @param seekId its number in the group's log of seeks; 0: nothing was done
 * @param moves for each partition, what was and what is
 * @param obstacle of a plan, why it would be refused at the moment, and what helps; empty: nothing
 *     is in the way
 */
public record SeekResult(long seekId, List<SeekMove> moves, String obstacle) {}
