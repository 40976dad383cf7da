package io.millrace.client.publish;

import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.Retry;

/** What a refused batch calls for. */
enum Refusal {
    /** It is stored, by an attempt so long ago that its offset is forgotten. */
    STORED,
    /** Send it again, with the same sequence, on a new stream. */
    RESEND,
    /** The broker does not know where the sequence stands: go on under a new producer id. */
    NEW_PRODUCER,
    /** This batch will never be taken; later ones may. */
    FAIL_BATCH,
    /** No batch of this partition will be taken. */
    FAIL_ALL;

    static Refusal of(MillraceException error) {
        return switch (error.code()) {
            case DUPLICATE_SEQUENCE -> STORED;
            case PREDECESSOR_FAILED -> RESEND;
            case UNKNOWN_PRODUCER, OUT_OF_ORDER_SEQUENCE, PRODUCER_FENCED -> NEW_PRODUCER;
            case UNKNOWN_TOPIC, UNKNOWN_PARTITION, TOPIC_RECREATED, WRONG_CLUSTER -> FAIL_ALL;
            case UNSUPPORTED_VERSION -> FAIL_ALL;
            default -> error.retry() == Retry.NEVER ? FAIL_BATCH : RESEND;
        };
    }
}
