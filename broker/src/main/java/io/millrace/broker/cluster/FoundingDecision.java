package io.millrace.broker.cluster;

import io.millrace.v1.PeerAddress;
import java.util.List;

/** What a broker without a cluster is to do. */
public sealed interface FoundingDecision {

    /**
     * Nothing yet: greet the seeds again.
     *
     * @param reason whom it waits for, and why
     */
    record Wait(String reason) implements FoundingDecision {}

    /**
     * This broker founds the cluster.
     *
     * @param founders the node ids of the brokers that it begins with, ascending
     */
    record Found(List<Integer> founders) implements FoundingDecision {}

    /**
     * This broker joins a cluster.
     *
     * @param clusterId the cluster
     * @param brokers where brokers of it are, as far as told
     */
    record Join(String clusterId, List<PeerAddress> brokers) implements FoundingDecision {}

    /**
     * Something is wrong that waiting does not mend.
     *
     * @param reason a sentence for the operator, with the way out
     */
    record Refused(String reason) implements FoundingDecision {}
}
