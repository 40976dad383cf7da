package io.millrace.broker.publishing;

import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.PublishHello;
import java.util.concurrent.CompletableFuture;

/**
 * Who publishes on a stream.
 *
 * @param id the producer id, above 0
 * @param epoch the producer epoch
 */
record ProducerIdentity(long id, int epoch) {

    /**
     * The identity that a hello claims, or a new one. Does not block.
     *
     * @return fails with a MillraceException if the hello is refused, or if no id can be had now
     */
    static CompletableFuture<ProducerIdentity> of(PublishHello hello, PublishContext context) {
        CompletableFuture<ProducerIdentity> identity = new CompletableFuture<>();
        try {
            PublishChecks.check(hello, context.handshake());
            if (hello.getProducerId() != 0) {
                requireGiven(hello.getProducerId(), context);
                identity.complete(
                        new ProducerIdentity(hello.getProducerId(), hello.getProducerEpoch()));
                return identity;
            }
        } catch (MillraceException e) {
            identity.completeExceptionally(e);
            return identity;
        }
        context.producerIds()
                .next()
                .whenComplete(
                        (id, failure) -> {
                            if (failure == null) {
                                identity.complete(new ProducerIdentity(id, 0));
                            } else {
                                identity.completeExceptionally(failure);
                            }
                        });
        return identity;
    }

    private static void requireGiven(long producerId, PublishContext context) {
        if (!context.producerIdGiven().test(producerId)) {
            // Whoever is given the id later would have records taken for duplicates.
            throw PublishChecks.invalid(
                    "producer_id",
                    "producer id %d was never given out here; send 0 to get one"
                            .formatted(producerId));
        }
    }
}
