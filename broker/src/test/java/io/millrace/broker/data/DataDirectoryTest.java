package io.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.data.DataDirectoryException.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir private Path temporary;

    @Test
    void shouldCreateAndCountStarts() throws IOException {
        Path path = temporary.resolve("a/b");
        try (DataDirectory first = open(path, 3)) {
            assertThat(first.startCounter()).isEqualTo(1);
            assertThat(first.nodeId()).isEqualTo(3);
            assertThat(first.clusterId()).isEmpty();
            first.join("cluster-1");
        }
        try (DataDirectory second = open(path, 3)) {
            assertThat(second.startCounter()).isEqualTo(2);
            assertThat(second.clusterId()).contains("cluster-1");
        }
    }

    @Test
    void shouldKeepItsCluster() throws IOException {
        try (DataDirectory directory = open(temporary, 1)) {
            directory.join("one");
            directory.join("one");
            assertThatThrownBy(() -> directory.join("two"))
                    .hasMessageContaining("one")
                    .hasMessageContaining("two")
                    .satisfies(e -> assertProblem(e, Problem.OTHER_CLUSTER));
            assertThatThrownBy(() -> directory.join("not a cluster"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherNode() throws IOException {
        open(temporary, 1).close();

        refused(temporary, 2, Problem.OTHER_NODE, "node 1, not to node 2");
        // The refusal must not have counted as a start, nor kept the lock.
        try (DataDirectory again = open(temporary, 1)) {
            assertThat(again.startCounter()).isEqualTo(2);
        }
    }

    @Test
    void shouldBeUsedOnceAtATimeInOneProcess() throws IOException {
        try (DataDirectory open = open(temporary, 1)) {
            refused(temporary, 1, Problem.IN_USE, "this process");
            assertThat(open.startCounter()).isEqualTo(1);
        }
        open(temporary, 1).close();
    }

    @Test
    void shouldBeUsedByOneProcessAtATime() throws Exception {
        Process other = startHolder();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('!');
            refused(temporary, 1, Problem.IN_USE, "process " + other.pid());
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        try (DataDirectory after = open(temporary, 1)) {
            assertThat(after.startCounter()).isEqualTo(2); // the lock died with its holder
        }
    }

    @Test
    void shouldKeepItsLockWhenItIsOpenedTwiceInOneProcess() throws Exception {
        try (DataDirectory open = open(temporary, 1)) {
            refused(temporary, 1, Problem.IN_USE, "this process");
            Process other = startHolder();
            try {
                assertThat(other.getInputStream().read()).isEqualTo('?');
            } finally {
                other.destroyForcibly();
            }
            assertThat(open.startCounter()).isEqualTo(1);
        }
    }

    private Process startHolder() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        temporary.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Opens a data directory, prints ! and holds it until it is killed; ? if it is in use. */
    static final class Holder {

        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (DataDirectory held = open(Path.of(args[0]), 1)) {
                System.out.print('!');
                System.out.flush();
                while (System.in.read() >= 0) {
                    // until the parent goes
                }
                held.path();
            } catch (DataDirectoryException e) {
                System.out.print(e.problem() == Problem.IN_USE ? '?' : 'x');
                System.out.flush();
            }
        }
    }

    @Test
    void shouldMakeTheDirectoryOfAShardAndLeaveOneThatIsThere() throws IOException {
        try (DataDirectory directory = open(temporary.resolve("a/b"), 1)) {
            Path shard = directory.createShard(3);
            Files.writeString(shard.resolve("vote"), "x");
            assertThat(directory.createShard(3)).isEqualTo(shard).isEqualTo(directory.shard(3));
            assertThat(shard.resolve("vote")).hasContent("x");
        }
    }

    @Test
    void shouldNotTouchADirectoryOfSomethingElse() throws IOException {
        Files.writeString(temporary.resolve("thesis.tex"), "years of work");

        refused(temporary, 1, Problem.FOREIGN, "thesis.tex");

        try (var files = Files.list(temporary)) {
            assertThat(files).containsExactly(temporary.resolve("thesis.tex"));
        }
    }

    @Test
    void shouldNotTakeDataWhoseIdentityIsLost() throws IOException {
        open(temporary, 1).close();
        Files.createDirectory(temporary.resolve("wal"));
        Files.delete(temporary.resolve("identity"));

        refused(temporary, 1, Problem.FOREIGN, "wal");
    }

    @Test
    void shouldTakeAFreshMountAndAFirstStartThatDied() throws IOException {
        Files.createDirectory(temporary.resolve("lost+found"));
        Files.createFile(temporary.resolve("lock"));
        Files.writeString(temporary.resolve("identity.tmp"), "mill");

        try (DataDirectory directory = open(temporary, 1)) {
            assertThat(directory.startCounter()).isEqualTo(1);
        }
    }

    @Test
    void shouldNoticeEveryDamagedByteOfItsIdentity() throws IOException {
        try (DataDirectory directory = open(temporary, 1)) {
            directory.join("cluster-1");
        }
        Path file = temporary.resolve("identity");
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x02;
            Files.write(file, bad);
            assertThatThrownBy(() -> open(temporary, 1))
                    .as("byte %d", i)
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining(file.toString());
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            refused(temporary, 1, Problem.CORRUPT, "damaged");
        }
        Files.write(file, good);
        open(temporary, 1).close();
    }

    @Test
    void shouldRefuseANewerFormatWhateverItLooksLike() throws IOException {
        Files.writeString(temporary.resolve("identity"), "millrace-data 2\nsomething: new\n");

        refused(temporary, 1, Problem.NEWER_FORMAT, "start a newer version");
    }

    @Test
    void shouldRefuseWhatIsNoDirectory() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        refused(file, 1, Problem.NOT_A_DIRECTORY, file.toString());
        refused(file.resolve("below"), 1, Problem.NOT_A_DIRECTORY, file.toString());
    }

    @Test
    void shouldRefuseWhatItMayNotWrite() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("locked"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
        Assumptions.assumeFalse(Files.isWritable(path), "root may write everywhere");

        refused(path, 1, Problem.NOT_WRITABLE, path.toString());
        refused(path.resolve("below"), 1, Problem.NOT_WRITABLE, path.toString());
    }

    @Test
    void shouldWriteAnIdentityThatPeopleCanRead() throws IOException {
        try (DataDirectory directory = open(temporary, 1)) {
            directory.found("c1", List.of(1, 2, 300));
        }

        assertThat(Files.readString(temporary.resolve("identity"), StandardCharsets.US_ASCII))
                .matches(
                        "millrace-data 1\nnode-id 1\ndirectory-id [0-9a-f-]{36}\nstart-counter 1\n"
                                + "cluster-id c1\nfounding 1,2,300\ncrc32c [0-9a-f]{8}\n");
    }

    private static DataDirectory open(Path path, int nodeId) throws IOException {
        return DataDirectory.open(path, nodeId, RANDOM);
    }

    private static void refused(Path path, int nodeId, Problem problem, String told) {
        assertThatThrownBy(() -> open(path, nodeId))
                .hasMessageContaining(told)
                .satisfies(e -> assertProblem(e, problem));
    }

    private static void assertProblem(Throwable e, Problem problem) {
        assertThat(e)
                .isInstanceOfSatisfying(
                        DataDirectoryException.class,
                        refusal -> assertThat(refusal.problem()).isEqualTo(problem));
    }

    @Test
    void shouldKeepItsOwnIdAndDrawANonceAtEachStart() throws IOException {
        String id;
        long nonce;
        try (DataDirectory first = open(temporary.resolve("one"), 1)) {
            id = first.directoryId();
            nonce = first.startNonce();
            assertThat(nonce).isNotZero();
        }
        try (DataDirectory second = open(temporary.resolve("one"), 1);
                DataDirectory other = open(temporary.resolve("two"), 1)) {
            assertThat(second.directoryId()).isEqualTo(id).isNotEqualTo(other.directoryId());
            assertThat(second.startNonce()).isNotEqualTo(nonce);
        }
    }

    @Test
    void shouldRememberThatItFoundsUntilItIsSettledOverRestarts() throws IOException {
        Path path = temporary.resolve("founder");
        try (DataDirectory first = open(path, 1)) {
            assertThat(first.mayFound()).isFalse();
            first.settle();
            assertThat(first.clusterId()).isEmpty();
            assertThatThrownBy(() -> first.found("c1", List.of(2, 3)))
                    .isInstanceOf(IllegalArgumentException.class);
            first.found("c1", List.of(1, 2, 300));
            assertThat(first.mayFound()).isTrue();
        }
        try (DataDirectory second = open(path, 1)) {
            assertThat(second.founders()).containsExactly(1, 2, 300);
            assertThat(second.mayFound()).isTrue();
            second.join("c1");
            assertThat(second.mayFound()).isTrue();
            second.settle();
            assertThat(second.mayFound()).isFalse();
        }
        try (DataDirectory third = open(path, 1)) {
            third.found("c1", List.of(1, 2, 300));
            assertThat(third.mayFound()).as("founds a second time").isFalse();
            assertThat(third.clusterId()).contains("c1");
        }
    }

    @Test
    void shouldNeverFoundWhatItHasJoined() throws IOException {
        Path path = temporary.resolve("joiner");
        try (DataDirectory first = open(path, 2)) {
            first.join("c1");
            first.found("c1", List.of(1, 2, 300));
            assertThat(first.mayFound()).isFalse();
            assertThatThrownBy(() -> first.found("c2", List.of(1, 2)))
                    .satisfies(e -> assertProblem(e, Problem.OTHER_CLUSTER));
        }
        try (DataDirectory second = open(path, 2)) {
            assertThat(second.mayFound()).isFalse();
        }
    }

    /** The file is replaced as a whole: a crash in between leaves what was there before. */
    @Test
    void shouldBeAsBeforeIfAStepDiedBeforeItsFileWasRenamed() throws IOException {
        Path identity = temporary.resolve("identity");
        open(temporary, 1).close();
        byte[] empty = Files.readAllBytes(identity);
        try (DataDirectory directory = open(temporary, 1)) {
            directory.found("c1", List.of(1, 2, 300));
        }
        byte[] founding = Files.readAllBytes(identity);
        Files.write(identity, empty);
        Files.write(temporary.resolve("identity.tmp"), founding);
        try (DataDirectory again = open(temporary, 1)) {
            assertThat(again.clusterId()).isEmpty();
            assertThat(again.mayFound()).isFalse();
            again.found("c2", List.of(1, 2));
            again.settle();
        }
        Files.write(temporary.resolve("identity.tmp"), Arrays.copyOf(founding, 20));
        try (DataDirectory last = open(temporary, 1)) {
            assertThat(last.clusterId()).contains("c2");
            assertThat(last.mayFound()).isFalse();
        }
    }
}
