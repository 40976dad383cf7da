package io.millrace.broker.rpc;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.broker.pull.PullServer;
import io.millrace.broker.pull.PullSource;
import io.millrace.v1.PeerServiceGrpc.PeerServiceImplBase;
import io.millrace.v1.PullRecordsRequest;
import io.millrace.v1.PulledBatches;
import java.io.IOException;
import java.util.concurrent.Executor;

/** Both ends of a pull, joined by gRPC within the process: node 1 serves, others are not there. */
public final class PullEnds implements AutoCloseable {

    private final Server server;
    private final ManagedChannel there;
    private final ManagedChannel nowhere;

    public PullEnds(PullServer pulls, Executor reading) throws IOException {
        String name = InProcessServerBuilder.generateName();
        PullAnswers answers = new PullAnswers(pulls, reading);
        server =
                InProcessServerBuilder.forName(name)
                        .addService(
                                new PeerServiceImplBase() {
                                    @Override
                                    public void pullRecords(
                                            PullRecordsRequest request,
                                            StreamObserver<PulledBatches> response) {
                                        answers.answer(request, response);
                                    }
                                })
                        .build()
                        .start();
        there = InProcessChannelBuilder.forName(name).build();
        nowhere = InProcessChannelBuilder.forName(name + "-not").build();
    }

    /** The end that asks. */
    public PullSource source() {
        return new PullCalls(
                new PeerChannels() {
                    @Override
                    public Channel control(int nodeId) {
                        throw new AssertionError("pulls are bulk");
                    }

                    @Override
                    public Channel bulk(int nodeId) {
                        return nodeId == 1 ? there : nowhere;
                    }

                    @Override
                    public Channel anonymous(String address) {
                        throw new AssertionError("pulls are not anonymous");
                    }

                    @Override
                    public boolean isReachable(int nodeId) {
                        return nodeId == 1;
                    }
                });
    }

    @Override
    public void close() {
        there.shutdownNow();
        nowhere.shutdownNow();
        server.shutdownNow();
    }
}
