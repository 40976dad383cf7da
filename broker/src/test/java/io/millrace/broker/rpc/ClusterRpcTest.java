package io.millrace.broker.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ServerCallStreamObserver;
import io.millrace.broker.cluster.Handshake;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;
import io.millrace.v1.ClusterMap;
import io.millrace.v1.ClusterStatus;
import io.millrace.v1.WatchClusterRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ClusterRpcTest {

    private long version = 1;
    private Runnable whileDrawing = () -> {};
    private Runnable send;
    private boolean asked;
    private final ClusterRpc rpc =
            new ClusterRpc(
                    new Handshake("cluster-a"),
                    () -> {
                        ClusterMap drawn = ClusterMap.newBuilder().setVersion(version).build();
                        whileDrawing.run();
                        return drawn;
                    },
                    () -> CompletableFuture.completedFuture(ClusterStatus.getDefaultInstance()),
                    null,
                    task -> {
                        send = task;
                        return () -> asked = true;
                    });

    @Test
    void shouldSendTheMapAtOnceAndOneForABurstOfChanges() {
        Watch watch = watch();
        assertThat(watch.versions).containsExactly(1L);

        version = 5;
        rpc.changed();
        rpc.changed();
        sendIfAsked();
        sendIfAsked();

        assertThat(watch.versions).containsExactly(1L, 5L);
    }

    @Test
    void shouldNotLoseAChangeThatComesWhileTheMapIsDrawn() {
        Watch watch = watch();
        rpc.changed();
        whileDrawing =
                () -> {
                    whileDrawing = () -> {};
                    version = 2;
                    rpc.changed();
                };
        sendIfAsked();
        sendIfAsked();

        assertThat(watch.versions).containsExactly(1L, 1L, 2L);
    }

    @Test
    void shouldNeverGoBackInVersions() {
        Watch watch = new Watch();
        whileDrawing =
                () -> {
                    // Another thread overtakes the first map, which was drawn before.
                    whileDrawing = () -> {};
                    version = 2;
                    rpc.changed();
                    sendIfAsked();
                };
        rpc.watchCluster(request(), watch);

        assertThat(watch.versions).containsExactly(2L);
    }

    @Test
    void shouldGiveASlowWatcherTheNewestMapOnly() {
        Watch watch = watch();
        watch.ready = false;
        for (version = 2; version < 9; version++) {
            rpc.changed();
            sendIfAsked();
        }
        assertThat(watch.versions).containsExactly(1L);
        sendIfAsked();
        watch.ready = true;
        watch.onReady.run();
        sendIfAsked();

        assertThat(watch.versions).containsExactly(1L, 9L);
    }

    @Test
    void shouldEndWithAReasonOnceAndForgetWhoLeaves() {
        Watch watch = watch();
        watch().cancel.run();
        assertThat(rpc.openStreams()).isEqualTo(1);

        rpc.endAll(MillraceException.of(ErrorCode.NOT_READY, "stopping"));
        rpc.changed();
        sendIfAsked();

        assertThat(watch.failure.code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(watch.versions).containsExactly(1L);
        assertThat(rpc.openStreams()).isZero();
    }

    @Test
    void shouldRefuseANameThatIsTooLong() {
        Watch watch = new Watch();
        rpc.watchCluster(request().toBuilder().setClientName("n".repeat(201)).build(), watch);

        assertThat(watch.failure).hasMessageContaining("client_name").hasMessageContaining("200");
    }

    @Test
    void shouldNotAskToSendWhenNobodyWatchesOrNothingIsNew() {
        rpc.changed();
        assertThat(asked).isFalse();

        watch().onReady.run();
        assertThat(asked).isFalse();
    }

    private void sendIfAsked() {
        if (asked) {
            asked = false;
            send.run();
        }
    }

    private Watch watch() {
        Watch watch = new Watch();
        rpc.watchCluster(request(), watch);
        return watch;
    }

    private static WatchClusterRequest request() {
        return WatchClusterRequest.newBuilder().setProtocolVersion(1).build();
    }

    /** A call that remembers what was sent. */
    private static final class Watch extends ServerCallStreamObserver<ClusterMap> {

        final List<Long> versions = new ArrayList<>();
        boolean ready = true;
        Runnable cancel;
        Runnable onReady;
        MillraceException failure;

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            cancel = handler;
        }

        @Override
        public void setOnCloseHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onNext(ClusterMap map) {
            versions.add(map.getVersion());
        }

        @Override
        public void onError(Throwable error) {
            failure = WireError.fromThrowable(error);
        }

        @Override
        public void onCompleted() {}
    }
}
