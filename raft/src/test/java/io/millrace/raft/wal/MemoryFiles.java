package io.millrace.raft.wal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A directory on a disk with a page cache, whose power can be cut. A force that fails drops the
 * dirty state as Linux does: the bytes can still be read, but no later force writes them.
 */
final class MemoryFiles implements WalFiles {

    static final int SECTOR = 512;

    /** Something done to the disk, in order. */
    sealed interface Operation permits Written, Forced, Named, DirectoryForced {}

    /** Bytes written to the cache of a file. */
    record Written(int file, int position, byte[] bytes) implements Operation {}

    /** A file forced. */
    record Forced(int file) implements Operation {}

    /** A name given to a file, or taken away (null). */
    record Named(String name, Integer file) implements Operation {}

    /** The directory forced. */
    record DirectoryForced() implements Operation {}

    private static final class Inode {
        byte[] cache = new byte[0];
        byte[] disk = new byte[0];
        final BitSet dirty = new BitSet();
    }

    private final List<Inode> inodes = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private final Map<String, Integer> durableNames = new HashMap<>();
    private final List<Operation> operations = new ArrayList<>();
    private int life;
    private int forcesUntilFailure = Integer.MAX_VALUE;
    private int writesUntilFailure = Integer.MAX_VALUE;
    private long freeBytes = Long.MAX_VALUE;
    private volatile Runnable beforeForce = () -> {};

    @Override
    public synchronized List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized WalFile create(String name) throws IOException {
        if (names.containsKey(name)) {
            throw new IOException(name + " exists");
        }
        inodes.add(new Inode());
        perform(new Named(name, inodes.size() - 1));
        return open(name);
    }

    @Override
    public synchronized WalFile open(String name) throws IOException {
        if (!names.containsKey(name)) {
            throw new IOException(name + " does not exist");
        }
        return new Handle(name, names.get(name), life);
    }

    @Override
    public synchronized void rename(String from, String to) {
        int file = names.get(from);
        perform(new Named(from, null));
        perform(new Named(to, file));
    }

    @Override
    public synchronized void delete(String name) {
        Integer file = names.get(name);
        if (file != null) {
            freeBytes += freeBytes == Long.MAX_VALUE ? 0 : inodes.get(file).cache.length;
            perform(new Named(name, null));
        }
    }

    @Override
    public synchronized void forceDirectory() {
        perform(new DirectoryForced());
    }

    /** Applies an operation, which is also how a recorded one is played again. */
    synchronized void perform(Operation operation) {
        operations.add(operation);
        if (operation instanceof Written written) {
            write(inode(written.file()), written.position(), written.bytes());
        } else if (operation instanceof Forced forced) {
            Inode inode = inode(forced.file());
            persist(inode, inode, sector -> true);
            inode.dirty.clear();
        } else if (operation instanceof Named named) {
            if (named.file() == null) {
                names.remove(named.name());
            } else {
                inode(named.file());
                names.put(named.name(), named.file());
            }
        } else {
            durableNames.clear();
            durableNames.putAll(names);
        }
    }

    private Inode inode(int file) {
        while (inodes.size() <= file) {
            inodes.add(new Inode());
        }
        return inodes.get(file);
    }

    private static void write(Inode inode, int position, byte[] bytes) {
        int end = position + bytes.length;
        if (end > inode.cache.length) {
            inode.cache = Arrays.copyOf(inode.cache, end);
        }
        System.arraycopy(bytes, 0, inode.cache, position, bytes.length);
        inode.dirty.set(position / SECTOR, (end + SECTOR - 1) / SECTOR);
    }

    /** Everything done so far, in order. */
    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    synchronized int operationCount() {
        return operations.size();
    }

    /** The process dies: open files can be used no more, the page cache stays. */
    synchronized void kill() {
        life++;
        forcesUntilFailure = Integer.MAX_VALUE;
        writesUntilFailure = Integer.MAX_VALUE;
    }

    /** The force after the given number of forces fails, and all after it. */
    synchronized void failForcesAfter(int count) {
        forcesUntilFailure = count;
    }

    /** The write after the given number of writes fails half way. */
    synchronized void failWritesAfter(int count) {
        writesUntilFailure = count;
    }

    /** What every force does first; it may block. */
    void beforeForce(Runnable action) {
        beforeForce = action;
    }

    /** How many bytes files may still grow. */
    synchronized void setFreeBytes(long bytes) {
        freeBytes = bytes;
    }

    /** What is left when the power goes and nothing that was not forced got through. */
    MemoryFiles powerCut() {
        return powerCut(sector -> false, false);
    }

    /** What is left when everything got through. */
    MemoryFiles fullImage() {
        return powerCut(sector -> true, true);
    }

    /** What is left when each sector that was not forced got through or not. */
    MemoryFiles powerCut(RandomGenerator random) {
        return powerCut(sector -> random.nextBoolean(), random.nextBoolean());
    }

    /** Decides which sector that was not forced reaches the disk. */
    interface Luck {
        boolean reaches(int sector);
    }

    synchronized MemoryFiles powerCut(Luck luck, boolean keepNames) {
        MemoryFiles after = new MemoryFiles();
        for (Inode inode : inodes) {
            Inode copy = new Inode();
            copy.disk = inode.disk.clone();
            persist(inode, copy, luck);
            copy.cache = copy.disk.clone();
            after.inodes.add(copy);
        }
        after.durableNames.putAll(keepNames ? names : durableNames);
        after.names.putAll(after.durableNames);
        return after;
    }

    /** Brings dirty sectors, and only those, from the cache of one to the disk of the other. */
    private static void persist(Inode from, Inode to, Luck luck) {
        from.dirty.stream()
                .filter(luck::reaches)
                .forEach(
                        sector -> {
                            int begin = sector * SECTOR;
                            int end = Math.min(begin + SECTOR, from.cache.length);
                            if (end > to.disk.length) {
                                to.disk = Arrays.copyOf(to.disk, end);
                            }
                            System.arraycopy(from.cache, begin, to.disk, begin, end - begin);
                        });
    }

    /** The bytes of a file as readers see them; changes to them are rot on the disk. */
    synchronized byte[] bytesOf(String name) {
        return inodes.get(names.get(name)).cache;
    }

    /** Undoes all changes made with {@link #bytesOf}: cache and disk are the given bytes. */
    synchronized void replace(String name, byte[] bytes) {
        Inode inode = inodes.get(names.get(name));
        inode.cache = bytes.clone();
        inode.disk = bytes.clone();
        inode.dirty.clear();
    }

    private final class Handle implements WalFile {
        private final String name;
        private final int file;
        private final int born;
        private boolean closed;

        Handle(String name, int file, int born) {
            this.name = name;
            this.file = file;
            this.born = born;
        }

        private void check() throws IOException {
            if (born != life || closed) {
                throw new IOException(name + " is closed or its process is dead");
            }
        }

        @Override
        public long size() {
            synchronized (MemoryFiles.this) {
                return inodes.get(file).cache.length;
            }
        }

        @Override
        public void read(ByteBuffer into, long position) throws IOException {
            synchronized (MemoryFiles.this) {
                check();
                byte[] cache = inodes.get(file).cache;
                if (position + into.remaining() > cache.length) {
                    throw new EOFException(name);
                }
                into.put(cache, (int) position, into.remaining());
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            WalFile.checkBlocks(from, position);
            synchronized (MemoryFiles.this) {
                check();
                long growth = position + from.remaining() - inodes.get(file).cache.length;
                if (growth > 0) {
                    if (growth > freeBytes) {
                        throw new IOException("No space left on device");
                    }
                    freeBytes -= freeBytes == Long.MAX_VALUE ? 0 : growth;
                }
                boolean fails = writesUntilFailure-- <= 0;
                byte[] bytes = new byte[fails ? from.remaining() / 2 : from.remaining()];
                from.get(bytes);
                perform(new Written(file, (int) position, bytes));
                if (fails) {
                    throw new IOException("Input/output error");
                }
            }
        }

        @Override
        public void force() throws IOException {
            beforeForce.run();
            synchronized (MemoryFiles.this) {
                check();
                if (forcesUntilFailure-- <= 0) {
                    inodes.get(file).dirty.clear();
                    throw new IOException("Input/output error");
                }
                perform(new Forced(file));
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
