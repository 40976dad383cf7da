package io.millrace.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A Dockerfile, read strictly: instructions that it does not know, or that are not written as they
 * must be, are errors.
 *
 * @param instructions in their order, lines that go on joined
 */
record Dockerfile(List<Instruction> instructions) {
    private static final Set<String> KNOWN =
            Set.of(
                    "FROM",
                    "ARG",
                    "LABEL",
                    "RUN",
                    "COPY",
                    "ADD",
                    "ENV",
                    "USER",
                    "WORKDIR",
                    "VOLUME",
                    "EXPOSE",
                    "HEALTHCHECK",
                    "STOPSIGNAL",
                    "ENTRYPOINT",
                    "CMD");
    private static final Pattern ASSIGNMENTS =
            Pattern.compile("([\\w.]+=(\"([^\"\\\\]|\\\\.)*\"|[^\\s\"]+)(\\s+|$))+");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One instruction.
     *
     * @param name in capitals
     * @param arguments the rest
     */
    record Instruction(String name, String arguments) {}

    /**
     * Reads a Dockerfile.
     *
     * @throws IllegalArgumentException with the instruction and what is wrong with it
     */
    static Dockerfile parse(final String text) {
        final List<Instruction> instructions = new ArrayList<>();
        final StringBuilder joined = new StringBuilder();
        for (final String line : text.lines().toList()) {
            if (line.stripLeading().startsWith("#") || line.isBlank() && joined.isEmpty()) {
                continue;
            }
            if (line.isBlank()) {
                throw new IllegalArgumentException("an empty line in the middle of " + joined);
            }
            if (line.endsWith("\\")) {
                joined.append(line, 0, line.length() - 1);
                continue;
            }
            instructions.add(check(joined.append(line).toString()));
            joined.setLength(0);
        }
        if (!joined.isEmpty()) {
            throw new IllegalArgumentException("the file ends in the middle of " + joined);
        }
        if (instructions.isEmpty() || !instructions.get(0).name().equals("FROM")) {
            throw new IllegalArgumentException("FROM is not the first instruction");
        }
        return new Dockerfile(instructions);
    }

    /** The arguments of all instructions of this name. */
    List<String> all(final String name) {
        return instructions.stream()
                .filter(it -> it.name().equals(name))
                .map(Instruction::arguments)
                .toList();
    }

    /** The words of an instruction in exec form. */
    static List<String> words(final String json) {
        try {
            return List.of(JSON.readValue(json, String[].class));
        } catch (final JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON list of words: " + json, e);
        }
    }

    private static Instruction check(final String line) {
        final String[] parts = line.strip().split("\\s+", 2);
        if (!KNOWN.contains(parts[0]) || parts.length < 2) {
            throw new IllegalArgumentException("unknown or empty instruction: " + line);
        }
        final String arguments = parts[1].strip();
        switch (parts[0]) {
            case "ENV", "LABEL" -> require(ASSIGNMENTS.matcher(arguments).matches(), line);
            case "EXPOSE" -> require(arguments.matches("\\d+( \\d+)*"), line);
            case "ENTRYPOINT", "CMD" -> words(arguments);
            case "HEALTHCHECK" -> words(arguments.replaceFirst("^(--\\S+=\\S+\\s+)*CMD\\s+", ""));
            case "FROM" ->
                    require(arguments.matches("[\\w./-]+:(?!latest)[\\w.-]+( AS \\w+)?"), line);
            case "ADD", "COPY" -> require(arguments.matches("(--\\S+ )*\\S+ /\\S*"), line);
            default -> require(!arguments.isEmpty(), line);
        }
        return new Instruction(parts[0], arguments);
    }

    private static void require(final boolean holds, final String line) {
        if (!holds) {
            throw new IllegalArgumentException("not as it must be written: " + line);
        }
    }
}
