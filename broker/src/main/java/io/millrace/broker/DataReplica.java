package io.millrace.broker;

import io.millrace.broker.cluster.LocalShard;
import io.millrace.broker.partition.PartitionLogStore;
import io.millrace.broker.shard.DataShard;

/**
 * A replica of a data shard that runs here, with all that belongs to it.
 *
 * @param replicaId its id
 * @param machine its state machine
 * @param store its partition logs
 * @param local the shard as the rest of the broker sees it
 */
record DataReplica(int replicaId, DataShard machine, PartitionLogStore store, LocalShard local) {}
