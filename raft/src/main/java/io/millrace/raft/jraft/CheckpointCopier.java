package io.millrace.raft.jraft;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a leader's checkpoint into memory, part by part, on a thread of the engine's. What it
 * fails with is told to the leader, who tries again; never EIO, for which jraft would stop the
 * replica.
 */
final class CheckpointCopier extends SnapshotCopier {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointCopier.class);

    private final CheckpointName name;
    private final CheckpointFetch fetch;
    private final Executor threads;
    private final CountDownLatch over = new CountDownLatch(1);

    /** Guarded by this, as the status is. */
    private CheckpointSnapshots.Installed reader;

    CheckpointCopier(CheckpointName name, CheckpointFetch fetch, Executor threads) {
        this.name = name;
        this.fetch = fetch;
        this.threads = threads;
    }

    @Override
    public void start() {
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException e) {
            failed("the broker is stopping");
        }
    }

    private void run() {
        try {
            ByteBuffer file = fetch();
            if (file == null) {
                return;
            }
            CheckpointManifest manifest = CheckpointManifest.decode(file);
            if (manifest.shard() != name.shard()
                    || manifest.mark().index() != name.index()
                    || manifest.mark().term() != name.term()) {
                throw new IOException("it was sent another one: " + manifest.mark());
            }
            done(manifest);
        } catch (IOException | CorruptFileException | RuntimeException | Error e) {
            LOG.warn("Shard {}: {} could not be fetched", name.shard(), name, e);
            failed(name + " could not be fetched: " + e);
        }
    }

    /**
     * @return null if it was cancelled
     */
    private ByteBuffer fetch() throws IOException {
        CheckpointPart part = fetch.part(name, 0);
        if (part.totalBytes() < 1 || part.totalBytes() > Integer.MAX_VALUE - 8) {
            throw new IOException("it is said to have " + part.totalBytes() + " bytes");
        }
        ByteBuffer file = ByteBuffer.allocate((int) part.totalBytes());
        while (true) {
            if (!part.bytes().hasRemaining() || part.bytes().remaining() > file.remaining()) {
                throw new IOException(
                        part.bytes().remaining() + " bytes came for " + file.remaining());
            }
            file.put(part.bytes());
            if (!file.hasRemaining()) {
                return file.flip();
            }
            if (isOver()) {
                return null;
            }
            part = fetch.part(name, file.position());
        }
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    private synchronized void done(CheckpointManifest manifest) {
        if (!isOver()) {
            reader = new CheckpointSnapshots.Installed(manifest);
            over.countDown();
        }
    }

    private synchronized void failed(String reason) {
        if (!isOver()) {
            setError(RaftError.ECANCELED, "%s", reason);
            over.countDown();
        }
    }

    /** Ends the wait at once; a part that is on its way is thrown away. */
    @Override
    public void cancel() {
        failed("it is not wanted any more");
    }

    @Override
    public void join() throws InterruptedException {
        over.await();
    }

    @Override
    public synchronized SnapshotReader getReader() {
        return reader;
    }

    @Override
    public void close() {
        cancel();
    }
}
