package io.millrace.broker.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.broker.partition.LogReader.CorruptLogException;
import io.millrace.broker.partition.LogReader.MissingException;
import io.millrace.broker.partition.OffsetRange;
import io.millrace.protocol.error.ErrorCode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PartitionFailureTest extends SubscriptionFixture {

    private ErrorCode codeOf(IOException failure) {
        FollowedPartition followed =
                new FollowedPartition(1, "orders", "orders/0", resolve("orders", 1, 0), null);
        PartitionFailure told =
                catchThrowableOfType(
                        PartitionFailure.class,
                        () ->
                                PartitionFailure.guard(
                                        followed,
                                        () -> {
                                            throw failure;
                                        }));
        assertThat(told.handle()).isEqualTo(1);
        assertThat(told.reason()).hasMessageContaining("orders/0");
        return told.reason().code();
    }

    @Test
    void shouldSendASubscriberElsewhereForWhatIsMissingHere() {
        assertThat(codeOf(new MissingException(7, new OffsetRange(5, 9))))
                .isEqualTo(ErrorCode.BEHIND);
    }

    /** The segment was given up: others have its records, and here they will come back. */
    @Test
    void shouldSendASubscriberElsewhereForACorruptSegmentThatOthersHave() {
        assertThat(codeOf(new CorruptLogException("segment 4 is corrupt", 4)))
                .isEqualTo(ErrorCode.BEHIND);
        assertThat(codeOf(new CorruptLogException("nobody else has it")))
                .isEqualTo(ErrorCode.CORRUPT_LOG);
    }
}
