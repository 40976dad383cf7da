package io.millrace.broker.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1));

    @Test
    void shouldGiveIdsWhileTheControllerHasNoLeader() {
        pool.fill();
        pool.fill();
        assertThat(asked).hasSize(1);
        asked.get(0).complete(new ProducerIdBlock(1, 1_000));
        pool.fill();
        assertThat(asked).hasSize(1);

        // At the half it asks for the next block and goes on giving, whatever becomes of it.
        for (long id = 1; id <= 501; id++) {
            assertThat(pool.next().join()).isEqualTo(id);
        }
        assertThat(asked).hasSize(2);
        asked.get(1).completeExceptionally(MillraceException.of(ErrorCode.NOT_READY, "alone"));
        for (long id = 502; id <= 999; id++) {
            assertThat(pool.next().join()).isEqualTo(id);
        }
        asked.get(asked.size() - 1).complete(new ProducerIdBlock(5_000, 1_000));
        assertThat(pool.next().join()).isEqualTo(1_000);
        assertThat(pool.next().join()).isEqualTo(5_000);
    }

    @Test
    void shouldUseABlockThatComesAfterWhoeverWaitedWasFailed() {
        List<CompletableFuture<ProducerIdBlock>> grants = new ArrayList<>();
        ProducerIdPool impatient = pool(grants, Duration.ofMillis(500), Duration.ofMinutes(1));
        assertThat(failureOf(impatient.next()).code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);

        grants.get(0).complete(new ProducerIdBlock(3, 1_000));
        assertThat(impatient.next().join()).isEqualTo(3);
        assertThat(grants).hasSize(1);
    }

    @Test
    void shouldTellPublishersToTryAgainWhateverHappenedToTheGrant() {
        for (ErrorCode code :
                List.of(
                        ErrorCode.OUTCOME_UNKNOWN,
                        ErrorCode.NOT_LEADER,
                        ErrorCode.DEADLINE_EXCEEDED)) {
            CompletableFuture<Long> id = pool.next();
            asked.get(asked.size() - 1).completeExceptionally(MillraceException.of(code, "lost"));
            assertThat(failureOf(id).code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        }
    }

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
        ProducerIdPool impatient = pool(grants, Duration.ofMillis(1), Duration.ofMillis(1));
        assertThat(failureOf(impatient.next()).code()).isEqualTo(ErrorCode.LEADER_UNAVAILABLE);
        await().until(
                        () -> {
                            impatient.fill();
                            return grants.size() > 1;
                        });
    }

    private static ProducerIdPool pool(
            List<CompletableFuture<ProducerIdBlock>> grants,
            Duration patience,
            Duration grantTimeout) {
        return new ProducerIdPool(
                command -> {
                    grants.add(new CompletableFuture<>());
                    return grants.get(grants.size() - 1);
                },
                patience,
                grantTimeout);
    }

    private static MillraceException failureOf(CompletableFuture<Long> id) {
        return (MillraceException) id.handle((given, error) -> error).join();
    }

    @Test
    void shouldFailWhoeverAsksASourceThatThrows() {
        ProducerIdPool broken =
                new ProducerIdPool(
                        command -> {
                            throw new IllegalStateException("stopped");
                        },
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1));

        assertThat(broken.next()).isCompletedExceptionally();
        assertThat(broken.next()).isCompletedExceptionally();
    }
}
