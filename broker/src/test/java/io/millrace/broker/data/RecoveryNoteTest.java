package io.millrace.broker.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecoveryNoteTest {

    @TempDir private Path directory;

    private final RecoveryNote note = new RecoveryNote("without 2, 3", new byte[] {1, -1, 0});

    @Test
    void shouldBeRememberedUntilItIsSettledAndStayForPeople() throws Exception {
        try (DataDirectory first = DataDirectory.open(directory, 1, new SecureRandom())) {
            assertThat(first.recovery()).isEmpty();
            first.beginRecovery(note);
        }
        try (DataDirectory second = DataDirectory.openExisting(directory, new SecureRandom())) {
            assertThat(second.recovery()).contains(note);
            second.settleRecovery();
            assertThat(second.recovery()).isEmpty();
        }
        assertThat(directory.resolve("recovery-2")).content().contains("told without 2, 3");
    }

    @Test
    void shouldNotBeReadWhenAByteOfItIsDamaged() throws Exception {
        byte[] good = note.encode();
        assertThat(RecoveryNote.decode(directory, good)).isEqualTo(note);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Path file = directory.resolve("recovery");
            assertThatThrownBy(() -> RecoveryNote.decode(file, bad))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("run `millrace cluster recover` again");
        }
        assertThat(Files.exists(directory.resolve("recovery"))).isFalse();
    }
}
