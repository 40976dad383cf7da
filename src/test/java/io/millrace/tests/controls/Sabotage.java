package io.millrace.tests.controls;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Some classes of the product, spoilt and compiled for a test, to be put in front of the real ones
 * on the class path of a broker. The product knows nothing of it: its own sources are taken, and a
 * few lines of them changed. When those lines are not there any more, the test says so.
 */
public final class Sabotage {

    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();

    private final Path sources;
    private final Path classes;

    /** A busy machine at the wrong moment, so that the harm does not wait for a lucky kill. */
    private static final String PAUSE =
            "java.util.concurrent.locks.LockSupport.parkNanos(20_000_000L);";

    private static final int LATE_S = 4;
    private static final String GROUP = "broker/src/main/java/io/millrace/broker/group/";
    private static final String COORDINATOR =
            "broker/src/main/java/io/millrace/broker/coordinator/";

    private final Set<File> spoilt = new LinkedHashSet<>();

    private Sabotage(Path directory) {
        this.sources = directory.resolve("sources");
        this.classes = directory.resolve("classes");
    }

    /** An answer before the shard has even seen the batches, which may take a moment. */
    public static Path acknowledgeBeforeCommit(Path directory) throws IOException {
        return new Sabotage(directory)
                .replace(
                        "broker/src/main/java/io/millrace/broker/shard/ShardWriter.java",
                        "            propose(entry, term);\n",
                        """
                                    for (PendingAppend append : appends) {
                                        append.settle(new AppendResult.Duplicate(-1, 0, 0));
                                    }
                                    settled.addAll(appends);
                                    answerElsewhere();
                                    %s
                                    propose(entry, term);
                        """
                                .formatted(PAUSE))
                .compile();
    }

    /** What was sent before is stored again; the answer may take a moment. */
    public static Path forgetProducers(Path directory) throws IOException {
        return new Sabotage(directory)
                .replace(
                        "broker/src/main/java/io/millrace/broker/shard/ProducerTable.java",
                        "return state.find(header.firstSequence(), header.recordCount());",
                        "return null;")
                .replace(
                        "broker/src/main/java/io/millrace/broker/shard/ShardWriter.java",
                        "append.callback().answered(append.result());",
                        PAUSE + " append.callback().answered(append.result());")
                .compile();
    }

    /**
     * The write-ahead log is not forced.
     *
     * @param whileThere only as long as this file is there
     */
    public static Path neverForce(Path directory, Path whileThere) throws IOException {
        return new Sabotage(directory)
                .replace(
                        "raft/src/main/java/io/millrace/raft/wal/DiskFile.java",
                        "        writing.force(false);\n",
                        """
                                if (!java.nio.file.Files.exists(Path.of("%s"))) {
                                    writing.force(false);
                                }
                        """
                                .formatted(whileThere))
                .compile();
    }

    /**
     * A partition is given to its next owner while the one before still has it, who hears of it
     * late.
     */
    public static Path handOverAtOnce(Path directory) throws IOException {
        return new Sabotage(directory)
                .replace(
                        GROUP + "GroupDraft.java",
                        "        if (isFresh(present)) {\n",
                        "        if (follows(target, partition)) {\n")
                .tellLossesLate()
                .compile();
    }

    /** Commits are taken from whoever had the partition once, who hears late that it is gone. */
    public static Path takeAnyCommit(Path directory) throws IOException {
        return new Sabotage(directory)
                .replace(
                        GROUP + "Progress.java",
                        "        if (owner == null || !owner.isOf(stay, named.assignmentEpoch())) {\n",
                        "        if (owner == null) {\n")
                .replace(
                        COORDINATOR + "CommitCheck.java",
                        "        return owner != null\n"
                                + "                && owner.assignmentEpoch()"
                                + " == named.assignmentEpoch()\n"
                                + "                && owner.memberEpoch()"
                                + " == change.stay().memberEpoch()\n"
                                + "                && owner.memberId()"
                                + ".equals(change.stay().memberId());\n",
                        "        return owner != null;\n")
                .tellLossesLate()
                .compile();
    }

    /** A slow connection to the member that is to give something up. */
    private Sabotage tellLossesLate() throws IOException {
        return replace(
                        COORDINATOR + "MemberSession.java",
                        "    void want(MemberAssignment assignment, boolean paused) {\n",
                        """
                            private long lateNanos = System.nanoTime();

                            void want(MemberAssignment assignment, boolean paused) {
                                if (told != null && !assignment.held().containsAll(told.held())) {
                                    lateNanos = System.nanoTime() + %1$d_000_000_000L;
                                    coordinators
                                            .context()
                                            .alarm()
                                            .accept(
                                                    Duration.ofSeconds(%1$d),
                                                    () -> coordinator.run(this::flush));
                                }
                        """
                                .formatted(LATE_S))
                .replace(
                        COORDINATOR + "MemberSession.java",
                        "        if (due && ",
                        "        if (due && System.nanoTime() - lateNanos >= 0 && ");
    }

    private Sabotage replace(String file, String from, String to) throws IOException {
        Path target = sources.resolve(file.substring(file.indexOf("io/millrace")));
        boolean first = spoilt.add(target.toFile());
        String source = Files.readString(first ? PROJECT.resolve(file) : target);
        int at = source.indexOf(from);
        if (at < 0 || source.indexOf(from, at + 1) >= 0) {
            throw new IOException(
                    "%s does not have these lines once: %s; spoil it in another way"
                            .formatted(file, from));
        }
        Files.createDirectories(target.getParent());
        Files.writeString(
                target, source.substring(0, at) + to + source.substring(at + from.length()));
        return this;
    }

    private Path compile() throws IOException {
        Files.createDirectories(classes);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options =
                List.of(
                        "-d",
                        classes.toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-proc:none",
                        "-nowarn");
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean done =
                    compiler.getTask(
                                    said,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjectsFromFiles(spoilt))
                            .call();
            if (!done) {
                throw new IOException("the spoilt classes do not compile: " + said);
            }
        }
        return classes;
    }
}
