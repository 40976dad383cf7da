package io.millrace.broker.groups;

import io.millrace.v1.DeleteGroupRequest;
import io.millrace.v1.DeleteGroupResponse;
import io.millrace.v1.DescribeGroupRequest;
import io.millrace.v1.DescribeGroupResponse;
import io.millrace.v1.InspectPartitionsRequest;
import io.millrace.v1.InspectPartitionsResponse;
import io.millrace.v1.PauseGroupRequest;
import io.millrace.v1.PauseGroupResponse;
import io.millrace.v1.ResumeQueuesRequest;
import io.millrace.v1.ResumeQueuesResponse;
import io.millrace.v1.SeekGroupRequest;
import io.millrace.v1.SeekGroupResponse;
import java.util.concurrent.CompletableFuture;

/**
 * Asks other brokers about groups, where clients reach them. They answer for themselves: they do
 * not pass the call on. Thread-safe; no method blocks. Every future ends within 15 s, those of
 * {@link #inspect} within 4 s, and fails with a MillraceException.
 */
public interface RemoteGroups {

    CompletableFuture<DescribeGroupResponse> describe(String address, DescribeGroupRequest request);

    CompletableFuture<SeekGroupResponse> seek(String address, SeekGroupRequest request);

    CompletableFuture<PauseGroupResponse> pause(String address, PauseGroupRequest request);

    CompletableFuture<DeleteGroupResponse> delete(String address, DeleteGroupRequest request);

    CompletableFuture<InspectPartitionsResponse> inspect(
            String address, InspectPartitionsRequest request);

    CompletableFuture<ResumeQueuesResponse> resumeQueues(
            String address, ResumeQueuesRequest request);
}
