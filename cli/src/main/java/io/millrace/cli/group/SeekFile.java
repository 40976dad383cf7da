package io.millrace.cli.group;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cli.CommandException;
import io.millrace.client.admin.group.SeekPoint;
import io.millrace.client.admin.group.SeekTarget;
import io.millrace.client.subscribe.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads places from what {@code group seek} or {@code group describe} has printed as JSON: the
 * places after that seek, or the committed offsets at that time.
 */
final class SeekFile {
    private static final long MAX_BYTES = 64 << 20;

    private final Path file;

    SeekFile(final Path file) {
        this.file = file;
    }

    /** Where each partition is to go that stands in the file. */
    List<SeekTarget> targets() throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new CommandException(file + " is larger than " + MAX_BYTES + " bytes");
        }
        final JsonNode root = read();
        final boolean seek = root.path("moves").isArray();
        final JsonNode entries = root.path(seek ? "moves" : "partitions");
        if (!entries.isArray()) {
            throw new CommandException(
                    file
                            + " holds neither moves nor partitions; give what 'millrace group"
                            + " describe -o json' or 'millrace group seek -o json' has printed");
        }
        final List<SeekTarget> targets = new ArrayList<>();
        for (final JsonNode entry : entries) {
            targets.add(target(entry, seek ? "toOffset" : "committedOffset"));
        }
        return targets;
    }

    private JsonNode read() throws IOException {
        try {
            return new ObjectMapper().readTree(Files.readAllBytes(file));
        } catch (final JsonProcessingException e) {
            throw new CommandException(
                    file + " is no JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }

    private SeekTarget target(final JsonNode entry, final String field) {
        final JsonNode offset = entry.get(field);
        if (!entry.path("topic").isTextual()
                || !entry.path("partition").canConvertToInt()
                || offset == null
                || !offset.isNull() && !(offset.canConvertToLong() && offset.isIntegralNumber())) {
            throw new CommandException(
                    file
                            + " has an entry without topic, partition or "
                            + field
                            + " (a number, or null for nothing committed): "
                            + shown(entry));
        }
        return SeekTarget.partition(
                entry.get("topic").textValue(),
                entry.get("partition").intValue(),
                offset.isNull()
                        ? SeekPoint.forget()
                        : SeekPoint.at(Position.offset(offset.longValue())));
    }

    private static String shown(final JsonNode entry) {
        final String text = entry.toString();
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
