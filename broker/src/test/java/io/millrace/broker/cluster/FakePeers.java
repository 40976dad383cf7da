package io.millrace.broker.cluster;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.GetReportsResponse;
import io.millrace.v1.GreetRequest;
import io.millrace.v1.GreetResponse;
import io.millrace.v1.HandOverRequest;
import io.millrace.v1.SubmitCommandRequest;
import io.millrace.v1.SubmitCommandResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Peers whose answers the test decides. Thread-safe. */
final class FakePeers implements Peers {

    /** A stream that was opened. */
    static final class Stream implements ReportStream {

        final int node;
        final NewsListener listener;
        final List<BrokerReport> sent = new ArrayList<>();
        boolean ready = true;
        boolean closed;

        Stream(int node, NewsListener listener) {
            this.node = node;
            this.listener = listener;
        }

        @Override
        public boolean send(BrokerReport report) {
            return ready && sent.add(report);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    final Map<String, GreetResponse> greetings = new ConcurrentHashMap<>();
    final List<String> silent = new CopyOnWriteArrayList<>();
    final List<String> greeted = new CopyOnWriteArrayList<>();
    final List<Stream> streams = new ArrayList<>();
    final List<Integer> submitted = new CopyOnWriteArrayList<>();
    volatile CompletableFuture<SubmitCommandResponse> answer = new CompletableFuture<>();
    volatile boolean reachable = true;

    @Override
    public CompletableFuture<GreetResponse> greet(
            String address, GreetRequest request, Duration deadline) {
        greeted.add(address);
        if (silent.contains(address)) {
            return new CompletableFuture<>();
        }
        GreetResponse greeting = greetings.get(address);
        return greeting == null
                ? CompletableFuture.failedFuture(
                        MillraceException.of(ErrorCode.NOT_READY, "connection refused"))
                : CompletableFuture.completedFuture(greeting);
    }

    @Override
    public CompletableFuture<SubmitCommandResponse> submit(
            int nodeId, SubmitCommandRequest request, Duration deadline) {
        submitted.add(nodeId);
        return answer;
    }

    @Override
    public CompletableFuture<GetReportsResponse> reports(int nodeId, Duration deadline) {
        return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> handOver(
            int nodeId, HandOverRequest request, Duration deadline) {
        return new CompletableFuture<>();
    }

    @Override
    public ReportStream attend(int nodeId, NewsListener listener) {
        Stream stream = new Stream(nodeId, listener);
        streams.add(stream);
        return stream;
    }

    @Override
    public boolean isReachable(int nodeId) {
        return reachable;
    }

    /** The stream that was opened last. */
    Stream stream() {
        return streams.get(streams.size() - 1);
    }
}
