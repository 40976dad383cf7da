package io.millrace.broker.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the seeds of a broker that is in a cluster belong to that cluster, so that one with
 * the data directory or the configuration of another cluster does not start. Used by one thread.
 *
 * <p>Only the addresses in the broker's own configuration are asked, and only while it starts: what
 * serves is not stopped by what others answer. It is refused when more than half of them belong to
 * other clusters and none to its own. One stranger among them, where a broker of the cluster once
 * was, does not keep a cluster from coming back after all its brokers were down.
 */
public final class SeedCheck {

    private static final Logger LOG = LoggerFactory.getLogger(SeedCheck.class);

    private final Introduction self;
    private final String ownAddress;
    private final SeedRound round;

    /**
     * @param self this broker, in its cluster
     * @param ownAddress what others are told of its peer port, host:port
     */
    public SeedCheck(Introduction self, String ownAddress, Peers peers) {
        this.self = self;
        this.ownAddress = ownAddress;
        this.round = new SeedRound(self, peers);
    }

    /**
     * Why the broker must not go on, a sentence. Blocks until a seed of its cluster answers, or all
     * have answered or failed to, at most 4 s.
     */
    public Optional<String> refusal() {
        List<CompletableFuture<SeedAnswer>> answers = round.greetAll();
        CompletableFuture<Boolean> known = new CompletableFuture<>();
        answers.forEach(
                each ->
                        each.thenAccept(
                                answer -> {
                                    if (!isSelf(answer) && isOurs(answer)) {
                                        known.complete(true);
                                    }
                                }));
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenRun(() -> known.complete(false));
        return known.join()
                ? Optional.empty()
                : verdict(answers.stream().map(CompletableFuture::join).toList());
    }

    private Optional<String> verdict(List<SeedAnswer> answers) {
        List<SeedAnswer> others = answers.stream().filter(each -> !isSelf(each)).toList();
        List<SeedAnswer> strangers =
                others.stream().filter(SeedAnswer::knowsACluster).filter(this::isStrange).toList();
        if (strangers.isEmpty()) {
            return Optional.empty();
        }
        String told =
                ("the data directory belongs to the cluster %s, but in cluster.seeds %s; give the"
                                + " broker the data directory that it has in the cluster of its"
                                + " seeds, or an empty one to join it, or correct cluster.seeds")
                        .formatted(
                                self.get().getClusterId(),
                                strangers.stream()
                                        .map(SeedCheck::shown)
                                        .collect(Collectors.joining(", ")));
        if (2 * strangers.size() > others.size()) {
            return Optional.of(told);
        }
        LOG.warn("going on with the seeds that may still come: {}", told);
        return Optional.empty();
    }

    private static String shown(SeedAnswer stranger) {
        return "%s belongs to the cluster %s"
                .formatted(stranger.address(), stranger.peer().getClusterId());
    }

    private boolean isSelf(SeedAnswer answer) {
        return answer.answered()
                ? self.isMe(answer.peer())
                : answer.address().equalsIgnoreCase(ownAddress);
    }

    private boolean isOurs(SeedAnswer answer) {
        return answer.knowsACluster() && !isStrange(answer);
    }

    private boolean isStrange(SeedAnswer answer) {
        return !answer.peer().getClusterId().equals(self.get().getClusterId());
    }
}
