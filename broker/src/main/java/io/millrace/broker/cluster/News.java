package io.millrace.broker.cluster;

import io.millrace.v1.ShardLeader;
import java.util.List;
import java.util.Set;

/**
 * What there is to tell at a moment.
 *
 * @param mapVersion the version of the cluster map
 * @param leadersVersion rises with every change of leaders
 * @param leaders who leads what
 * @param living the brokers whose lease runs
 * @param producerIds the next producer id that nobody has been granted
 */
record News(
        long mapVersion,
        long leadersVersion,
        List<ShardLeader> leaders,
        Set<Integer> living,
        long producerIds) {}
