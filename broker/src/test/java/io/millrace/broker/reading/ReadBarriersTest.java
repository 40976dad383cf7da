package io.millrace.broker.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ReadBarriersTest {

    private final List<CompletableFuture<Void>> asked = new ArrayList<>();
    private final ReadBarriers barriers =
            new ReadBarriers(
                    () -> {
                        asked.add(new CompletableFuture<>());
                        return asked.get(asked.size() - 1);
                    });

    @Test
    void shouldServeAllWhoCameMeanwhileWithOneBarrier() {
        CompletableFuture<Void> first = barriers.pass();
        CompletableFuture<Void> second = barriers.pass();
        CompletableFuture<Void> third = barriers.pass();
        assertThat(asked).hasSize(1);

        asked.get(0).complete(null);
        assertThat(first).isCompleted();
        assertThat(asked).hasSize(2);

        asked.get(1).complete(null);
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(asked).hasSize(2);
    }

    @Test
    void shouldNotServeANewcomerWithABarrierThatBeganBefore() {
        barriers.pass();
        CompletableFuture<Void> late = barriers.pass();
        asked.get(0).complete(null);

        assertThat(late).isNotDone();
    }

    @Test
    void shouldPassOnAFailureAndAskAnewForTheNext() {
        CompletableFuture<Void> first = barriers.pass();
        CompletableFuture<Void> second = barriers.pass();
        asked.get(0).completeExceptionally(new IllegalStateException("no leader"));
        assertThatThrownBy(first::join).hasRootCauseMessage("no leader");

        asked.get(1).complete(null);
        assertThat(second).isCompleted();
        assertThat(barriers.pass()).isNotDone();
        assertThat(asked).hasSize(3);
    }

    @Test
    void shouldFailWhenTheSourceThrowsAndGoOnAfterIt() {
        List<RuntimeException> faults = new ArrayList<>(List.of(new IllegalStateException("gone")));
        ReadBarriers throwing =
                new ReadBarriers(
                        () -> {
                            if (!faults.isEmpty()) {
                                throw faults.remove(0);
                            }
                            return CompletableFuture.completedFuture(null);
                        });

        assertThat(throwing.pass()).isCompletedExceptionally();
        assertThat(throwing.pass()).isCompleted();
    }
}
