package io.millrace.broker.deadletters;

import io.millrace.broker.controller.BrokerImage;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.protocol.TopicName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.CreateTopicRequest;
import io.millrace.v1.CreateTopicResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that groups copy their dead letters to. Thread-safe; no method blocks. */
public final class DeadLetterTopics {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterTopics.class);

    /**
     * Dead letters are kept until somebody removes them, and whatever fitted into a topic is to fit
     * into this one.
     */
    private static final Map<String, String> CONFIG =
            Map.of("retention.ms", "-1", "max.batch.bytes", "8MiB");

    private final Supplier<ClusterImage> image;
    private final Function<CreateTopicRequest, CompletableFuture<CreateTopicResponse>> create;
    private final Map<String, CompletableFuture<TopicImage>> creating = new ConcurrentHashMap<>();

    /**
     * @param create creates a topic; completes when it takes records and the image shows it
     */
    public DeadLetterTopics(
            Supplier<ClusterImage> image,
            Function<CreateTopicRequest, CompletableFuture<CreateTopicResponse>> create) {
        this.image = image;
        this.create = create;
    }

    /** A group's topic, if it exists. */
    Optional<TopicImage> find(String group) {
        return image.get().topic(GroupImage.deadLetterTopic(group));
    }

    /**
     * A group's topic, created if it does not exist, with as many replicas as the origin's has, as
     * far as there are brokers for them. Fails with a MillraceException.
     */
    CompletableFuture<TopicImage> ensure(String group, DeadLetterOrigin origin) {
        Optional<TopicImage> present = find(group);
        if (present.isPresent()) {
            return CompletableFuture.completedFuture(present.get());
        }
        String name = GroupImage.deadLetterTopic(group);
        if (name.length() > TopicName.MAX_LENGTH) {
            return CompletableFuture.failedFuture(
                    MillraceException.of(
                                    ErrorCode.INVALID_TOPIC_NAME,
                                    "group \"%s\" gives records up, but the name of its dead-letter topic"
                                                    .formatted(group)
                                            + " would have %d characters, at most %d are allowed; use a"
                                                    .formatted(name.length(), TopicName.MAX_LENGTH)
                                            + " group with a shorter name")
                            .with("field", "group"));
        }
        CompletableFuture<TopicImage> mine = new CompletableFuture<>();
        CompletableFuture<TopicImage> earlier = creating.putIfAbsent(name, mine);
        if (earlier != null) {
            return earlier;
        }
        create(group, name, origin.topic())
                .whenComplete(
                        (topic, failure) -> {
                            creating.remove(name);
                            if (failure == null) {
                                mine.complete(topic);
                            } else {
                                mine.completeExceptionally(failure);
                            }
                        });
        return mine;
    }

    private CompletableFuture<TopicImage> create(String group, String name, String originTopic) {
        CreateTopicRequest request =
                CreateTopicRequest.newBuilder()
                        .setName(name)
                        .setPartitionCount(1)
                        .setReplicaCount(replicas(originTopic))
                        .putAllConfig(CONFIG)
                        .build();
        CompletableFuture<CreateTopicResponse> created;
        try {
            created = create.apply(request);
        } catch (RuntimeException e) {
            // Whatever it is: who waits for the topic must hear of it, and the next one try again.
            created = CompletableFuture.failedFuture(e);
        }
        return created.handle(
                (done, failure) -> {
                    TopicImage topic = find(group).orElse(null);
                    if (topic == null) {
                        throw failure == null ? notYet(name) : Failures.known(failure);
                    }
                    if (failure == null) {
                        LOG.info("dead-letter topic created topic={} group={}", name, group);
                    }
                    return topic; // if it failed: somebody else has made it meanwhile
                });
    }

    private int replicas(String originTopic) {
        ClusterImage now = image.get();
        int members =
                (int) now.brokers().values().stream().filter(DeadLetterTopics::isMember).count();
        return now.topic(originTopic)
                .map(topic -> Math.min(topic.replicaCount(), members))
                .orElse(0);
    }

    private static boolean isMember(BrokerImage broker) {
        return broker.state().isMember();
    }

    private static MillraceException notYet(String name) {
        return MillraceException.of(
                ErrorCode.LEADER_UNAVAILABLE,
                "topic \"" + name + "\" is being created or deleted; try again");
    }
}
