package io.millrace.broker.data;

import io.millrace.broker.data.DataDirectoryException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * What an operator has decided when a majority was gone for good, as it is kept in the data
 * directory: a few lines of text, the last one a checksum over those before it. Immutable.
 *
 * @param told one line for people: when, and what was decided
 * @param command what the controller is to be told
 */
public record RecoveryNote(String told, byte[] command) {

    private static final Pattern FORM =
            Pattern.compile(
                    "millrace-recovery 1\ntold ([^\n]*)\ncommand ([0-9a-f]*)\ncrc32c ([0-9a-f]{8})\n");

    public RecoveryNote {
        if (told.contains("\n")) {
            throw new IllegalArgumentException("a note is one line, got " + told);
        }
        command = command.clone();
    }

    @Override
    public byte[] command() {
        return command.clone();
    }

    byte[] encode() {
        String body =
                "millrace-recovery 1\ntold %s\ncommand %s\n"
                        .formatted(told, HexFormat.of().formatHex(command));
        return (body + "crc32c " + checksum(body) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static RecoveryNote decode(Path file, byte[] content) throws DataDirectoryException {
        String text = new String(content, StandardCharsets.UTF_8);
        Matcher form = FORM.matcher(text);
        if (!form.matches()
                || form.group(2).length() % 2 != 0
                || !checksum(text.substring(0, text.lastIndexOf("crc32c ")))
                        .equals(form.group(3))) {
            throw new DataDirectoryException(
                    Problem.CORRUPT,
                    file
                            + " is damaged, or of another version of millrace; run `millrace"
                            + " cluster recover` again, which writes it anew");
        }
        return new RecoveryNote(form.group(1), HexFormat.of().parseHex(form.group(2)));
    }

    private static String checksum(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecoveryNote note
                && told.equals(note.told)
                && Arrays.equals(command, note.command);
    }

    @Override
    public int hashCode() {
        return Objects.hash(told, Arrays.hashCode(command));
    }

    @Override
    public String toString() {
        return "RecoveryNote[" + told + "]";
    }
}
