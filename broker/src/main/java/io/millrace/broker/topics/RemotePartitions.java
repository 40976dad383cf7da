package io.millrace.broker.topics;

import io.millrace.v1.DescribeTopicRequest;
import io.millrace.v1.DescribeTopicResponse;
import io.millrace.v1.FindOffsetsRequest;
import io.millrace.v1.FindOffsetsResponse;
import io.millrace.v1.TrimTopicRequest;
import io.millrace.v1.TrimTopicResponse;
import java.util.concurrent.CompletableFuture;

/**
 * Asks other brokers about partitions that are not here. They answer for themselves alone and ask
 * nobody in turn. Thread-safe; no method blocks. Every future ends within 15 s, and fails with a
 * MillraceException.
 */
public interface RemotePartitions {

    /**
     * Finds offsets.
     *
     * @param address where clients reach the broker, host:port
     */
    CompletableFuture<FindOffsetsResponse> find(String address, FindOffsetsRequest request);

    /** Trims partitions that the broker leads. */
    CompletableFuture<TrimTopicResponse> trim(String address, TrimTopicRequest request);

    /** Describes a topic; of its partitions come only those that are there. */
    CompletableFuture<DescribeTopicResponse> describe(String address, DescribeTopicRequest request);
}
