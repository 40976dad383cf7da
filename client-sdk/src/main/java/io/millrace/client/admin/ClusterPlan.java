package io.millrace.client.admin;

import java.util.List;

/**
 * What is going to be done.
 *
 * @param steps in the order in which they are begun; empty: nothing is to be done
 * @param warnings what the plan endangers, a sentence each
 */
public record ClusterPlan(List<Step> steps, List<String> warnings) {
    /**
     * One step.
     *
     * @param shard the shard's number; null if the step is about no shard
     * @param description a sentence for a person
     * @param bytes bytes to copy, about
     */
    public record Step(Integer shard, String description, long bytes) {}
}
