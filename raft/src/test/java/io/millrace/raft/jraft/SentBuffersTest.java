package io.millrace.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.util.ByteBufferCollector;
import org.junit.jupiter.api.Test;

final class SentBuffersTest {

    /**
     * jraft copies what it sends into buffers and keeps them, by default 256 of up to 4 MiB for
     * each thread that ever sent: three brokers with heaps of 1 GiB ran out of memory by it, three
     * minutes into a flood.
     */
    @Test
    void shouldNotKeepTheBuffersOfWhatWasSent() {
        ByteBufferCollector sent = ByteBufferCollector.allocateByRecyclers(1 << 20);

        assertThat(sent.recycle()).as("kept for the next one").isFalse();
        assertThat(ByteBufferCollector.allocateByRecyclers(1)).isNotSameAs(sent);
    }
}
