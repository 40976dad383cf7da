package io.millrace.broker.publishing;

import java.util.concurrent.CompletableFuture;

/** Gives out producer ids, each once in the life of the cluster. Thread-safe. */
public interface ProducerIds {

    /** An id above 0 that nobody has. Fails with a MillraceException if none can be had now. */
    CompletableFuture<Long> next();
}
