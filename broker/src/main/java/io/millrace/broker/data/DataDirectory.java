package io.millrace.broker.data;

import io.millrace.broker.data.DataDirectoryException.Problem;
import io.millrace.raft.disk.ForcedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * A broker's data directory, locked as long as it is open.
 *
 * <p>It knows its node, its cluster, itself and how often it has been started. A directory that
 * holds anything without saying whose it is, is not touched.
 *
 * <p>Thread-safe.
 */
public final class DataDirectory implements AutoCloseable {

    static final String IDENTITY_FILE = "identity";
    static final String LOCK_FILE = "lock";
    private static final String RECOVERY_FILE = "recovery";

    private static final int MAX_FOUNDERS = 100;

    /**
     * What this process has open. The kernel drops all of a process's locks on a file when it
     * closes any of its descriptors of that file: a second attempt must not even open the lock
     * file, or it would take the lock from the first.
     */
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final Path realRoot;
    private final FileChannel lockChannel;
    private final long startNonce;
    private volatile DataIdentity identity;

    private DataDirectory(Path root, Path realRoot, FileChannel lockChannel, long startNonce) {
        this.root = root;
        this.realRoot = realRoot;
        this.lockChannel = lockChannel;
        this.startNonce = startNonce;
    }

    /**
     * Opens a data directory, creating it if it is not there, locks it, and counts one start more,
     * durably. Blocks on the disk.
     *
     * @param nodeId the broker's node id; it must be that of earlier starts
     * @param random draws the id of a new directory and the nonce of this start; it must not repeat
     *     what it drew in another process
     * @throws DataDirectoryException if it cannot be used, with the reason and the way out
     * @throws IOException if the disk fails
     */
    public static DataDirectory open(Path path, int nodeId, RandomGenerator random)
            throws IOException {
        Path root = path.toAbsolutePath().normalize();
        try {
            create(root);
            refuseForeign(root);
            Path realRoot = root.toRealPath();
            if (!OPEN_HERE.add(realRoot)) {
                throw inUse(root, "this process");
            }
            return openAlone(root, realRoot, nodeId, random);
        } catch (AccessDeniedException e) {
            throw notWritable(root, e);
        } catch (FileSystemException e) {
            if (String.valueOf(e.getReason()).contains("Read-only")) {
                throw notWritable(root, e);
            }
            throw e;
        }
    }

    /**
     * Opens the data directory of a broker that has been started before, as {@link #open} does: the
     * node id is what it says.
     *
     * @throws DataDirectoryException if it cannot be used, or is none, with the reason and the way
     *     out
     */
    public static DataDirectory openExisting(Path path, RandomGenerator random) throws IOException {
        Path root = path.toAbsolutePath().normalize();
        if (!Files.isRegularFile(root.resolve(IDENTITY_FILE))) {
            throw new DataDirectoryException(
                    Problem.FOREIGN,
                    ("%s is no data directory of a broker: it has no \"%s\" file; name the data-dir"
                                    + " that the broker was started with")
                            .formatted(root, IDENTITY_FILE));
        }
        return open(root, identityIn(root).nodeId(), random);
    }

    private static DataIdentity identityIn(Path root) throws IOException {
        Path file = root.resolve(IDENTITY_FILE);
        try {
            return DataIdentity.decode(Files.readAllBytes(file));
        } catch (DataDirectoryException e) {
            throw new DataDirectoryException(e.problem(), file + " " + e.getMessage(), e);
        }
    }

    private static DataDirectory openAlone(
            Path root, Path realRoot, int nodeId, RandomGenerator random) throws IOException {
        FileChannel lockChannel = null;
        try {
            lockChannel = lock(root);
            DataDirectory directory =
                    new DataDirectory(root, realRoot, lockChannel, random.nextLong() | 1);
            directory.start(nodeId, random);
            return directory;
        } catch (IOException | RuntimeException e) {
            if (lockChannel != null) {
                lockChannel.close();
            }
            OPEN_HERE.remove(realRoot);
            throw e;
        }
    }

    /** The directory itself, absolute. */
    public Path path() {
        return root;
    }

    /** Where the write-ahead log is. Not created here. */
    public Path wal() {
        return root.resolve("wal");
    }

    /** Where one shard's vote file, manifests and partition logs are. Not created here. */
    public Path shard(int shard) {
        return root.resolve("shards").resolve(Integer.toString(shard));
    }

    /**
     * Makes the directory of a shard if it is not there, and its name durable in any case: an
     * earlier life may have died before it had done that. Blocks on the disk.
     */
    public Path createShard(int shard) throws IOException {
        Path directory = shard(shard);
        Files.createDirectories(directory);
        ForcedFile.forceDirectory(directory.getParent());
        ForcedFile.forceDirectory(root);
        return directory;
    }

    /** The broker's node id. */
    public int nodeId() {
        return identity.nodeId();
    }

    /** The directory's own id, drawn when it was made: 36 hexadecimal digits and hyphens. */
    public String directoryId() {
        return identity.directoryId();
    }

    /** How often the directory has been started, this time included. */
    public long startCounter() {
        return identity.startCounter();
    }

    /** Drawn at this start, never 0: tells two copies of one directory apart. */
    public long startNonce() {
        return startNonce;
    }

    /** The cluster it belongs to; empty if it has not founded or joined one yet. */
    public Optional<String> clusterId() {
        return Optional.of(identity.clusterId()).filter(id -> !id.isEmpty());
    }

    /**
     * Makes it the directory of the broker that founds this cluster, durably; nothing if it belongs
     * to that cluster already. Blocks on the disk.
     *
     * @param clusterId 1 to 64 letters, digits, hyphens and underscores
     * @param founders the node ids of the brokers that it begins with, this one among them, 1 to
     *     100
     * @throws DataDirectoryException OTHER_CLUSTER if it belongs to another
     */
    public synchronized void found(String clusterId, List<Integer> founders) throws IOException {
        if (founders.size() > MAX_FOUNDERS || !founders.contains(nodeId())) {
            throw new IllegalArgumentException(
                    "node %d cannot found a cluster of %s".formatted(nodeId(), founders));
        }
        belongTo(clusterId, founders);
    }

    /**
     * Makes it a directory of this cluster, which others have founded, for good and durably;
     * nothing if it is already. Blocks on the disk.
     *
     * @param clusterId 1 to 64 letters, digits, hyphens and underscores
     * @throws DataDirectoryException OTHER_CLUSTER if it belongs to another
     */
    public synchronized void join(String clusterId) throws IOException {
        belongTo(clusterId, List.of());
    }

    private void belongTo(String clusterId, List<Integer> founders) throws IOException {
        if (!clusterId.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException("not a cluster id: " + clusterId);
        }
        Optional<String> present = clusterId();
        if (present.isEmpty()) {
            write(identity.in(clusterId, founders));
        } else if (!present.get().equals(clusterId)) {
            throw new DataDirectoryException(
                    Problem.OTHER_CLUSTER,
                    ("the data directory %s belongs to the cluster %s, not to %s; give the broker"
                                    + " another data directory, or the addresses of its own cluster")
                            .formatted(root, present.get(), clusterId));
        }
    }

    /**
     * Whether the cluster's first shard may be new here: after {@link #found} until {@link
     * #settle}, also over restarts. In all other cases a shard that is not there is lost.
     */
    public boolean mayFound() {
        return !identity.founders().isEmpty();
    }

    /** The node ids of the brokers that the cluster begins with, while {@link #mayFound}. */
    public List<Integer> founders() {
        return identity.founders();
    }

    /**
     * Remembers, durably, that the cluster's first shard exists here, so that if it is missing from
     * now on it is lost and not new; nothing if it was not founded here. Blocks on the disk.
     */
    public synchronized void settle() throws IOException {
        if (mayFound()) {
            write(identity.in(identity.clusterId(), List.of()));
        }
    }

    /**
     * Remembers, durably, that an operator has let this broker go on without others, until {@link
     * #settleRecovery}. Blocks on the disk.
     */
    public synchronized void beginRecovery(RecoveryNote note) throws IOException {
        ForcedFile.replace(root.resolve(RECOVERY_FILE), ByteBuffer.wrap(note.encode()));
    }

    /**
     * What was begun and not settled; empty if nothing was. Blocks on the disk.
     *
     * @throws DataDirectoryException CORRUPT if it cannot be read
     */
    public synchronized Optional<RecoveryNote> recovery() throws IOException {
        Path file = root.resolve(RECOVERY_FILE);
        return Files.exists(file)
                ? Optional.of(RecoveryNote.decode(file, Files.readAllBytes(file)))
                : Optional.empty();
    }

    /** Remembers that the cluster knows of the recovery; the note stays, for people. */
    public synchronized void settleRecovery() throws IOException {
        Path settled = root.resolve("%s-%d".formatted(RECOVERY_FILE, startCounter()));
        Files.move(root.resolve(RECOVERY_FILE), settled, StandardCopyOption.ATOMIC_MOVE);
        ForcedFile.forceDirectory(root);
    }

    /** Gives the directory free for others. */
    @Override
    public synchronized void close() throws IOException {
        if (lockChannel.isOpen()) {
            lockChannel.close(); // the file stays, or two processes could each lock "the" file
            OPEN_HERE.remove(realRoot);
        }
    }

    private void start(int nodeId, RandomGenerator random) throws IOException {
        Path file = root.resolve(IDENTITY_FILE);
        DataIdentity before;
        if (Files.exists(file)) {
            before = identityIn(root);
        } else {
            refuseForeign(root);
            String drawn = new UUID(random.nextLong(), random.nextLong()).toString();
            before = new DataIdentity(nodeId, drawn, 0, "", List.of());
        }
        if (before.nodeId() != nodeId) {
            throw new DataDirectoryException(
                    Problem.OTHER_NODE,
                    ("the data directory %s belongs to node %d, not to node %d; give the broker its"
                                    + " own data-dir, or set node-id to %d")
                            .formatted(root, before.nodeId(), nodeId, before.nodeId()));
        }
        write(before.started());
    }

    private void write(DataIdentity next) throws IOException {
        ForcedFile.replace(root.resolve(IDENTITY_FILE), ByteBuffer.wrap(next.encode()));
        identity = next;
    }

    private static void create(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            return;
        }
        List<Path> missing = new ArrayList<>();
        for (Path one = root; one != null && !Files.exists(one); one = one.getParent()) {
            missing.add(one);
        }
        try {
            Files.createDirectories(root);
        } catch (FileAlreadyExistsException e) {
            throw new DataDirectoryException(
                    Problem.NOT_A_DIRECTORY,
                    "the data directory %s cannot be made: %s is no directory; choose another data-dir"
                            .formatted(root, e.getFile()),
                    e);
        } catch (FileSystemException e) {
            if (String.valueOf(e.getReason()).contains("Not a directory")) {
                throw new DataDirectoryException(
                        Problem.NOT_A_DIRECTORY,
                        "the data directory %s cannot be made: a part of the path is no directory;"
                                        .formatted(root)
                                + " choose another data-dir",
                        e);
            }
            throw e;
        }
        for (Path created : missing) {
            ForcedFile.forceDirectory(created.getParent());
        }
    }

    private static void refuseForeign(Path root) throws IOException {
        if (Files.exists(root.resolve(IDENTITY_FILE))) {
            return;
        }
        List<String> unknown = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!DataIdentity.harmless().contains(name) && unknown.size() < 3) {
                    unknown.add(name);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new DataDirectoryException(
                    Problem.FOREIGN,
                    ("the directory %s is not empty (%s, …) and has no \"%s\" file, so it is not"
                                    + " known to be Millrace's; choose an empty or a new data-dir."
                                    + " If it was Millrace's, do not make that file by hand")
                            .formatted(root, String.join(", ", unknown), IDENTITY_FILE));
        }
    }

    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        root.resolve(LOCK_FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw inUse(root, holder(channel));
            }
            // For people and for the message above only; the lock is what counts.
            channel.truncate(0);
            byte[] pid =
                    Long.toString(ProcessHandle.current().pid())
                            .getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid), 0);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(20);
        channel.read(content, 0);
        String pid = new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII);
        return pid.matches("[0-9]{1,20}") ? "process " + pid : "another process";
    }

    private static DataDirectoryException inUse(Path root, String holder) {
        return new DataDirectoryException(
                Problem.IN_USE,
                ("the data directory %s is in use by %s; stop that broker first, or choose another"
                                + " data-dir")
                        .formatted(root, holder));
    }

    private static DataDirectoryException notWritable(Path root, FileSystemException cause) {
        return new DataDirectoryException(
                Problem.NOT_WRITABLE,
                ("the data directory %s cannot be written: %s; give the user \"%s\" the right to"
                                + " create and write it, or choose another data-dir")
                        .formatted(root, cause.getMessage(), System.getProperty("user.name")),
                cause);
    }
}
