package io.millrace.broker.data;

import io.millrace.raft.disk.ForcedFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Whose a data directory is, as written into its identity file: a few lines of text that a person
 * can read, the last one a checksum over those before it. Immutable.
 *
 * @param nodeId the broker's node id
 * @param directoryId the directory's own id, drawn when it was made
 * @param startCounter how often the directory has been started, 1 at the first time
 * @param clusterId the cluster; empty while the broker waits to found or join one
 * @param founders the node ids of the brokers that the cluster begins with, if this broker founds
 *     it and has not come to the end of it: the first shard may be new then. Empty in all other
 *     cases: what is missing is lost, not new
 */
record DataIdentity(
        int nodeId,
        String directoryId,
        long startCounter,
        String clusterId,
        List<Integer> founders) {

    /** The version of everything in the directory that this code writes. */
    static final int FORMAT = 1;

    private static final String MAGIC = "millrace-data";
    private static final Pattern HEAD = Pattern.compile(MAGIC + " ([0-9]{1,9})\n(?s:.*)");
    private static final Pattern BODY =
            Pattern.compile(
                    MAGIC
                            + " [0-9]+\nnode-id ([0-9]{1,5})\ndirectory-id ([0-9a-f-]{36})\n"
                            + "start-counter ([0-9]{1,18})\n"
                            + "cluster-id ([A-Za-z0-9_-]{0,64})\nfounding (no|[0-9]{1,5}(?:,[0-9]{1,5}){0,99})\n"
                            + "crc32c ([0-9a-f]{8})\n");

    DataIdentity {
        founders = List.copyOf(founders);
    }

    DataIdentity started() {
        return new DataIdentity(nodeId, directoryId, startCounter + 1, clusterId, founders);
    }

    DataIdentity in(String cluster, List<Integer> foundedBy) {
        return new DataIdentity(nodeId, directoryId, startCounter, cluster, foundedBy);
    }

    byte[] encode() {
        String body =
                "%s %d\nnode-id %d\ndirectory-id %s\nstart-counter %d\ncluster-id %s\nfounding %s\n"
                        .formatted(
                                MAGIC,
                                FORMAT,
                                nodeId,
                                directoryId,
                                startCounter,
                                clusterId,
                                founders.isEmpty() ? "no" : joined(founders));
        return (body + "crc32c " + checksum(body) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws DataDirectoryException CORRUPT or NEWER_FORMAT, with a message that lacks the path
     */
    static DataIdentity decode(byte[] content) throws DataDirectoryException {
        String text;
        try {
            text =
                    StandardCharsets.US_ASCII
                            .newDecoder()
                            .decode(ByteBuffer.wrap(content))
                            .toString();
        } catch (CharacterCodingException e) {
            throw corrupt("it is no text");
        }
        Matcher head = HEAD.matcher(text);
        if (!head.matches()) {
            throw corrupt("it does not begin with \"" + MAGIC + "\" and a version");
        }
        // Before the rest: a newer version may write other lines.
        int format = Integer.parseInt(head.group(1));
        if (format > FORMAT) {
            throw new DataDirectoryException(
                    DataDirectoryException.Problem.NEWER_FORMAT,
                    "has format %d, this version of millrace knows up to %d; start a newer version"
                            .formatted(format, FORMAT));
        }
        Matcher body = BODY.matcher(text);
        if (!body.matches()) {
            throw corrupt("a line is missing or has another form");
        }
        if (!body.group(6).equals(checksum(text.substring(0, text.indexOf("crc32c "))))) {
            throw corrupt("its checksum does not match");
        }
        return new DataIdentity(
                Integer.parseInt(body.group(1)),
                body.group(2),
                Long.parseLong(body.group(3)),
                body.group(4),
                body.group(5).equals("no") ? List.of() : split(body.group(5)));
    }

    private static String joined(List<Integer> nodes) {
        return nodes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Integer> split(String nodes) {
        return Arrays.stream(nodes.split(",")).map(Integer::valueOf).toList();
    }

    /**
     * The names that a data directory may hold without an identity: the beginnings of a first
     * start.
     */
    static List<String> harmless() {
        return List.of(
                DataDirectory.LOCK_FILE,
                DataDirectory.IDENTITY_FILE + ForcedFile.TEMPORARY,
                "lost+found");
    }

    private static DataDirectoryException corrupt(String why) {
        return new DataDirectoryException(
                DataDirectoryException.Problem.CORRUPT,
                "is damaged: "
                        + why
                        + "; check the disk, and put nothing in its place by hand: if it cannot be"
                        + " read any more, this broker's data counts as lost");
    }

    private static String checksum(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        return "%08x".formatted(crc.getValue());
    }
}
