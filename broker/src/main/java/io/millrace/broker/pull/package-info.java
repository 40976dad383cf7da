/**
 * Fetches the records that a replica misses from the replicas that have them: after it took over
 * another's checkpoint, or gave a corrupt segment up. Never on the apply thread, so the replica
 * takes part meanwhile.
 */
package io.millrace.broker.pull;
