package io.millrace.broker.command.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cli.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo's events.
 *
 * @param name what the topic is called
 * @param keyField the field whose value is the key
 * @param events in the order of the input
 */
record DemoInput(String name, String keyField, List<DemoEvent> events) {

    /** More lines than this would make the demo long and its memory large. */
    static final int MAX_EVENTS = 200_000;

    private static final String BUNDLED = "earthquakes.ndjson";
    private static final String BUNDLED_KEY = "network";
    private static final int MAX_LINE_BYTES = 512 * 1024;
    private static final long MAX_BYTES = 64L << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The earthquakes that come with Millrace. */
    static DemoInput bundled() throws IOException {
        try (InputStream in = DemoInput.class.getResourceAsStream(BUNDLED)) {
            if (in == null) {
                throw new IOException(BUNDLED + " is missing from the jar; install Millrace anew");
            }
            return new DemoInput("earthquakes", BUNDLED_KEY, read(in, BUNDLED, BUNDLED_KEY));
        }
    }

    /**
     * A file of JSON objects, one a line.
     *
     * @throws CommandException naming the line and what is wrong with it
     */
    static DemoInput of(Path file, String keyField) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CommandException("--input: " + file + " is a directory; name a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new DemoInput("events", keyField, read(in, file.toString(), keyField));
        } catch (NoSuchFileException e) {
            throw new CommandException("--input: there is no file " + file, e);
        }
    }

    private static List<DemoEvent> read(InputStream in, String name, String keyField)
            throws IOException {
        NdjsonLines lines = new NdjsonLines(in, name, MAX_LINE_BYTES, MAX_BYTES);
        List<DemoEvent> events = new ArrayList<>();
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.isBlank()) {
                continue;
            }
            if (events.size() == MAX_EVENTS) {
                throw new CommandException(
                        "%s has more than %,d lines; give the demo a shorter file"
                                .formatted(name, MAX_EVENTS));
            }
            events.add(parse(line, name, lines.number(), keyField, events.size()));
        }
        if (events.isEmpty()) {
            throw new CommandException(name + " has no lines; give it one JSON object a line");
        }
        return events;
    }

    private static DemoEvent parse(
            String line, String file, int lineNumber, String keyField, int number) {
        String where = file + ", line " + lineNumber;
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new CommandException(where + " is not JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode key = json.get(keyField);
        if (key == null || key.isContainerNode() || key.isNull()) {
            throw new CommandException(
                    where
                            + (json.isObject()
                                    ? " has no plain field \"" + keyField + "\"; name one by --key"
                                    : " is no JSON object"));
        }
        return new DemoEvent(number, key.asText(), line.getBytes(StandardCharsets.UTF_8), json);
    }
}
