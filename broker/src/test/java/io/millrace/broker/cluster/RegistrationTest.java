package io.millrace.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.BrokerState;
import io.millrace.broker.controller.RegisterBroker;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class RegistrationTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final BrokerImage BROKER =
            new BrokerImage(
                    2,
                    "h:7400",
                    "h:7401",
                    "h:7402",
                    "0.1.0",
                    "",
                    "d",
                    1,
                    7,
                    42,
                    BrokerState.ACTIVE);

    private final Queue<MillraceException> failures = new ArrayDeque<>();
    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private Optional<String> strangers = Optional.empty();
    private boolean silent;
    private long seconds;

    private final Registration registration =
            new Registration(
                    this::answer,
                    () -> strangers,
                    fatal,
                    LEASE,
                    () -> TimeUnit.SECONDS.toNanos(seconds),
                    0);

    @Test
    void shouldWaitUntilTheLeaseOfItsFormerLifeHasRunOut() throws Exception {
        for (int i = 0; i < 3; i++) {
            failures.add(inUse());
        }
        assertThat(registration.register(BROKER)).isEqualTo(BROKER);
    }

    /** Each leader gives the former life a full term, and none runs out while nobody leads. */
    @Test
    void shouldWaitAnewWhenTheControllerHadNoLeader() throws Exception {
        for (int leader = 0; leader < 4; leader++) {
            failures.add(noLeader());
            failures.add(noLeader());
            failures.add(inUse());
            failures.add(inUse());
        }
        assertThat(registration.register(BROKER)).isEqualTo(BROKER);
    }

    /** Also when no answer came between the two: the term tells that it is another leader. */
    @Test
    void shouldWaitAnewWhenAnotherLeaderRefuses() throws Exception {
        for (int term = 1; term <= 4; term++) {
            for (int i = 0; i < 4; i++) {
                failures.add(inUse().with(RegisterBroker.TERM, term));
            }
        }
        assertThat(registration.register(BROKER)).isEqualTo(BROKER);
        assertThat(seconds).isGreaterThan(3 * LEASE.toSeconds() + 60);
    }

    @Test
    void shouldBelieveInTheEndThatItsNodeIdIsInUse() {
        for (int i = 0; i < 10; i++) {
            failures.add(inUse());
        }
        assertThatThrownBy(() -> registration.register(BROKER))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("in use");
        assertThat(seconds).isGreaterThan(3 * LEASE.toSeconds()).isLessThan(60);
        assertThat(failures).as("that the last leader said").hasSizeGreaterThan(3);
    }

    @Test
    void shouldBelieveAtOnceThatItIsACopy() {
        failures.add(MillraceException.of(ErrorCode.INVALID_ARGUMENT, "its directory was copied"));

        assertThatThrownBy(() -> registration.register(BROKER)).hasMessageContaining("copied");
    }

    @Test
    void shouldEndAtOnceWhenTheBrokerCannotGoOn() {
        silent = true;
        CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)
                .execute(() -> fatal.complete("the directory is an old copy"));

        assertThatThrownBy(() -> registration.register(BROKER)).hasMessageContaining("old copy");
    }

    @Test
    void shouldLookWhetherItIsAmongStrangersWhileNobodyLeads() {
        failures.add(noLeader());
        strangers = Optional.of("the seeds belong to another cluster");

        assertThatThrownBy(() -> registration.register(BROKER))
                .hasMessageContaining("another cluster");
    }

    private static MillraceException inUse() {
        return MillraceException.of(ErrorCode.CHANGE_REFUSED, "node id 2 is in use")
                .with(RegisterBroker.FORMER, "h:7401");
    }

    private static MillraceException noLeader() {
        return MillraceException.of(ErrorCode.LEADER_UNAVAILABLE, "no leader was found");
    }

    /** Every answer takes a while. */
    private CompletableFuture<BrokerImage> answer(RegisterBroker command) {
        seconds += 8;
        if (silent) {
            return new CompletableFuture<>();
        }
        MillraceException failure = failures.poll();
        return failure == null
                ? CompletableFuture.completedFuture(command.broker())
                : CompletableFuture.failedFuture(failure);
    }
}
