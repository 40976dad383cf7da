package io.millrace.perf.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.stream.Collectors;

/** Specifications and results as files of JSON. Thread-safe. */
public final class LoadFiles {
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

    private LoadFiles() {}

    /**
     * Reads a specification.
     *
     * @throws IllegalArgumentException naming the file and the field that is wrong
     */
    public static Spec readSpec(Path file) throws IOException {
        return read(file, Spec.class);
    }

    /**
     * Reads a result.
     *
     * @throws IllegalArgumentException naming the file and the field that is wrong
     */
    public static LoadResult readResult(Path file) throws IOException {
        ObjectMapper lenient =
                JSON.copy().disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
        return read(lenient, file, LoadResult.class);
    }

    /** Writes a specification; whoever reads the file sees all of it or none. */
    public static void write(Path file, Spec spec) throws IOException {
        writeWhole(file, spec);
    }

    /** Writes a result; whoever reads the file sees all of it or none. */
    public static void write(Path file, LoadResult result) throws IOException {
        writeWhole(file, result);
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        return read(JSON, file, type);
    }

    private static <T> T read(ObjectMapper json, Path file, Class<T> type) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return json.readValue(bytes, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + reason(e), e);
        }
    }

    private static String reason(JsonProcessingException e) {
        if (e.getCause() instanceof IllegalArgumentException) {
            return e.getCause().getMessage();
        }
        String field =
                e instanceof JsonMappingException mapping
                        ? mapping.getPath().stream()
                                .map(JsonMappingException.Reference::getFieldName)
                                .filter(Objects::nonNull)
                                .collect(Collectors.joining("."))
                        : "";
        return (field.isEmpty() ? "" : field + ": ") + e.getOriginalMessage();
    }

    private static void writeWhole(Path file, Object content) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
        Files.write(part, JSON.writeValueAsBytes(content));
        Files.move(
                part,
                absolute,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}
