package io.millrace.perf.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.cli.CommandException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The directory of a comparison: its plan, and a file for each round that was done. A run that was
 * cut short goes on from here. For one thread of one process at a time.
 */
final class RoundStore {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path directory;

    private RoundStore(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens a directory, or makes it.
     *
     * @throws CommandException if it holds rounds of another plan
     */
    static RoundStore open(Path directory, Plan plan) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("plan.json");
        byte[] wanted = JSON.writeValueAsBytes(plan);
        if (Files.notExists(file)) {
            write(file, wanted);
        } else if (!JSON.readTree(Files.readAllBytes(file)).equals(JSON.readTree(wanted))) {
            throw new CommandException(
                    "%s holds a comparison with another plan; give the options that it was begun with, or another --out"
                            .formatted(directory));
        }
        return new RoundStore(directory);
    }

    /** What a round found that was done already; nothing if its file is not whole. */
    Optional<RoundResult> find(int number) throws IOException {
        Path file = file(number);
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), RoundResult.class));
        } catch (JsonProcessingException e) {
            // The machine stopped before the file was on its disk: the round is done again.
            return Optional.empty();
        }
    }

    /** Keeps what a round found: afterwards it is done, whatever happens. */
    void save(RoundResult round) throws IOException {
        write(file(round.number()), JSON.writeValueAsBytes(round));
    }

    /** Keeps what is told of all rounds, for programs and for people. */
    void save(Comparison comparison) throws IOException {
        write(directory.resolve("comparison.json"), JSON.writeValueAsBytes(comparison));
        write(directory.resolve("comparison.html"), ComparePage.of(comparison).getBytes(UTF_8));
    }

    private Path file(int number) {
        return directory.resolve("round-%03d.json".formatted(number));
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
