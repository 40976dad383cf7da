package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.controller.ProducerIdBlock;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ProducerIdPoolTest {

    private final List<CompletableFuture<ProducerIdBlock>> asked = new ArrayList<>();
    private final ProducerIdPool pool =
            new ProducerIdPool(
                    command -> {
                        CompletableFuture<ProducerIdBlock> grant = new CompletableFuture<>();
                        asked.add(grant);
                        return grant;
                    },
                    Duration.ofMinutes(1));

    @Test
    void shouldAskOnceForManyAndGiveEachIdOnce() {
        List<CompletableFuture<Long>> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(pool.next());
        }
        assertThat(asked).hasSize(1);

        asked.get(0).complete(new ProducerIdBlock(10, 3));
        assertThat(asked).hasSize(2);
        asked.get(1).complete(new ProducerIdBlock(100, 3));

        Set<Long> given = new HashSet<>();
        ids.forEach(id -> given.add(id.join()));
        assertThat(given).containsExactlyInAnyOrder(10L, 11L, 12L, 100L, 101L);
        assertThat(pool.next().join()).isEqualTo(102);
    }

    @Test
    void shouldAskAgainAfterAFailure() {
        CompletableFuture<Long> first = pool.next();
        asked.get(0).completeExceptionally(MillraceException.of(ErrorCode.NOT_LEADER, "not here"));
        // The bare exception, not wrapped: it is turned into an answer as it is.
        assertThat(first.handle((id, failure) -> failure).join())
                .isInstanceOf(MillraceException.class);

        CompletableFuture<Long> second = pool.next();
        asked.get(1).complete(new ProducerIdBlock(7, 1));
        assertThat(second.join()).isEqualTo(7);
    }

    @Test
    void shouldFailWhoeverWaitsWhenTheControllerIsStuckAndAskAnewThen() {
        List<CompletableFuture<ProducerIdBlock>> grants = new ArrayList<>();
        ProducerIdPool impatient =
                new ProducerIdPool(
                        command -> {
                            grants.add(new CompletableFuture<>());
                            return grants.get(grants.size() - 1);
                        },
                        Duration.ofMillis(1));
        MillraceException failure =
                (MillraceException) impatient.next().handle((id, error) -> error).join();
        assertThat(failure.code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);

        CompletableFuture<Long> second = impatient.next();
        assertThat(grants).hasSize(2);
        second.handle((id, error) -> error).join();
    }

    @Test
    void shouldFailWhoeverAsksASourceThatThrows() {
        ProducerIdPool broken =
                new ProducerIdPool(
                        command -> {
                            throw new IllegalStateException("stopped");
                        },
                        Duration.ofMinutes(1));

        assertThat(broken.next()).isCompletedExceptionally();
        assertThat(broken.next()).isCompletedExceptionally();
    }
}
