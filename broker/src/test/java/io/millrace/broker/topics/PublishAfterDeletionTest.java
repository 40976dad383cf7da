package io.millrace.broker.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.publishing.AppendTarget;
import io.millrace.protocol.batch.Compression;
import io.millrace.protocol.batch.Record;
import io.millrace.protocol.batch.RecordBatchBuilder;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.DeleteTopicRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a publisher hears whose topic is deleted under its stream. */
final class PublishAfterDeletionTest {

    private final OneBroker broker = new OneBroker();
    private final List<MillraceException> refusals = new ArrayList<>();

    PublishAfterDeletionTest() throws IOException {}

    @Test
    void shouldHearThatTheTopicIsGoneAndNotThatItLacksThePartition() {
        AppendTarget target = openThenDelete();
        append(target);

        assertThat(refusals)
                .extracting(MillraceException::code)
                .containsExactly(ErrorCode.UNKNOWN_TOPIC);
    }

    @Test
    void shouldHearThatTheTopicWasRecreated() {
        AppendTarget target = openThenDelete();
        broker.create("t", 1);
        append(target);

        assertThat(refusals)
                .extracting(MillraceException::code)
                .containsExactly(ErrorCode.TOPIC_RECREATED);
    }

    private AppendTarget openThenDelete() {
        broker.create("t", 1);
        AppendTarget target = broker.partitions.target("t", 0, 0);
        broker.admin.delete(DeleteTopicRequest.newBuilder().setName("t").build()).join();
        return target;
    }

    private void append(AppendTarget target) {
        target.append(
                target.leadingTerm(),
                batch(),
                Long.MAX_VALUE / 2,
                new AppendTarget.AppendCallback() {
                    @Override
                    public void stored(long offset, long epoch, long timeMs) {
                        throw new AssertionError("stored in a deleted topic");
                    }

                    @Override
                    public void duplicate(long offset, long epoch, long timeMs) {
                        throw new AssertionError("known in a deleted topic");
                    }

                    @Override
                    public void refused(MillraceException reason) {
                        refusals.add(reason);
                    }
                });
    }

    private static ByteBuffer batch() {
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.append(new Record(1_000, null, new byte[] {1}));
        return ByteBuffer.wrap(builder.build(Compression.NONE).stamp(1, 0, 0));
    }
}
