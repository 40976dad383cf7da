package io.millrace.client.admin;

import io.millrace.client.admin.group.GroupAdmin;
import io.millrace.client.read.Consistency;
import io.millrace.client.subscribe.Position;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Creates, describes and changes topics, and tells how the cluster is. Made by {@code
 * MillraceClient.admin()}.
 *
 * <p>Every call blocks until it is answered or the client's request timeout (30 s by default) is
 * over, and throws {@link io.millrace.protocol.error.MillraceException}. Calls that were certainly
 * not applied, and idempotent ones, are tried again within that time; the others end with outcome
 * UNKNOWN when their answer is lost. Thread-safe.
 */
public interface Admin {
    /** The same, but changes are only checked: answers say what would be done. */
    Admin plan();

    /** Creates a topic. */
    TopicInfo createTopic(NewTopic topic);

    /** All topics, by name. */
    List<TopicInfo> listTopics();

    /** One topic, its partitions and all its settings. */
    TopicDescription describeTopic(String name);

    /**
     * Changes settings; those that are not named keep their value. Idempotent.
     *
     * @param config settings to change, by name
     * @param reset settings to put back to their default, by name
     */
    TopicInfo setTopic(String name, Map<String, String> config, Collection<String> reset);

    /**
     * Adds partitions; keys may map to others from now on. Idempotent.
     *
     * @param partitionCount the number wanted in all
     */
    TopicInfo growTopic(String name, int partitionCount);

    /**
     * Removes the records before a point. Idempotent.
     *
     * @param partitions those to trim; empty: all
     */
    List<TrimmedPartition> trimTopic(String name, Collection<Integer> partitions, TrimPoint before);

    /** Deletes a topic and its records. */
    DeletedTopic deleteTopic(String name);

    /**
     * Deletes a topic and its records if this is its id.
     *
     * @param topicId from {@link TopicInfo}, so that a topic created anew in between is spared
     */
    DeletedTopic deleteTopic(String name, long topicId);

    /**
     * Finds offsets; sees every record acknowledged before the call.
     *
     * @param partitions those to look at; empty: all
     * @param position earliest, latest or a time
     * @return one for each partition, in order
     * @throws IllegalArgumentException if the position is an offset
     */
    default List<FoundOffset> findOffsets(
            String topic, Collection<Integer> partitions, Position position) {
        return findOffsets(topic, partitions, position, Consistency.linearizable());
    }

    /** As {@link #findOffsets(String, Collection, Position)}, having seen what is asked for. */
    List<FoundOffset> findOffsets(
            String topic,
            Collection<Integer> partitions,
            Position position,
            Consistency consistency);

    /** Consumer groups; only checks changes if this does. */
    GroupAdmin groups();

    /** How the cluster is at this moment. */
    ClusterStatus clusterStatus();

    /**
     * Changes who holds and leads what. Answers with what is decided and durable; carrying it out
     * goes on after that, and {@link #clusterStatus} shows how far it is. Idempotent.
     *
     * @param force do it although it endangers the quorum of a shard
     */
    ClusterPlan changeCluster(ClusterChange change, boolean force);

    /**
     * Changes settings of the cluster; those that are not named keep their value. Idempotent.
     *
     * @param config settings to change, by name
     * @param reset settings to put back to their default, by name
     * @return all settings after the change
     */
    ClusterConfig setClusterConfig(Map<String, String> config, Collection<String> reset);
}
