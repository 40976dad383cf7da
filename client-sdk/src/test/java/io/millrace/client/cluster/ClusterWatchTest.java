package io.millrace.client.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.millrace.client.choice.Balancer;
import io.millrace.client.choice.ChoicePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a watch begins a call. */
@Timeout(60)
class ClusterWatchTest {
    private static final Duration IMPATIENCE = Duration.ofMillis(1);

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private int begun;

    @Test
    void shouldNotGiveUpACallWhileItIsBegun() {
        ClusterOptions options =
                new ClusterOptions(
                        ServerList.parse("127.0.0.1:1"),
                        "test",
                        IMPATIENCE,
                        ChoicePolicy.adaptive(new Random(1)),
                        Map.of());
        ClusterWatch watch =
                new ClusterWatch(
                        new SlowHost(),
                        options,
                        timer,
                        new Balancer(options.policy(), options::weight, System::nanoTime),
                        System::nanoTime,
                        new Random(1),
                        map -> {},
                        problem -> {});
        try {
            watch.start();
            assertThat(begun).isEqualTo(1);
        } finally {
            watch.close();
            timer.shutdownNow();
        }
    }

    /** Everything that the timer has waits for longer than the watch is patient. */
    private void letTimePass() {
        try {
            timer.schedule(() -> {}, 20, TimeUnit.MILLISECONDS).get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private final class SlowHost implements ClusterWatch.Host {
        @Override
        public List<String> addresses() {
            return List.of("127.0.0.1:1");
        }

        @Override
        public String clusterId() {
            return "";
        }

        @Override
        public ManagedChannel channel(String address) {
            return new SlowChannel();
        }
    }

    private final class SlowChannel extends ManagedChannel {
        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            return new SlowCall<>();
        }

        @Override
        public String authority() {
            return "";
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }

    /** To begin it takes long, and what was cancelled takes nothing: as with the real ones. */
    private final class SlowCall<Q, R> extends ClientCall<Q, R> {
        private volatile boolean cancelled;

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            letTimePass();
        }

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(String message, Throwable cause) {
            cancelled = true;
        }

        @Override
        public void halfClose() {
            begun++;
        }

        @Override
        public void sendMessage(Q message) {
            if (cancelled) {
                throw new IllegalStateException("call was cancelled");
            }
        }
    }
}
