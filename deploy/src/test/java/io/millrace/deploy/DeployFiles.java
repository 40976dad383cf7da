package io.millrace.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the files of this module, strictly. Paths are relative to the module. */
final class DeployFiles {
    private static final ObjectMapper YAML =
            strict(
                    new ObjectMapper(
                            new YAMLFactory().enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)));
    private static final ObjectMapper JSON = strict(new ObjectMapper());
    private static final Pattern DOCUMENTED =
            Pattern.compile("^\\| `(millrace_\\w+)` \\| (\\w+) \\|");
    private static final Pattern USED = Pattern.compile("\\bmillrace_\\w+");

    private DeployFiles() {}

    static JsonNode yaml(final String path) throws IOException {
        return YAML.readTree(text(path));
    }

    static JsonNode json(final String path) throws IOException {
        return JSON.readTree(text(path));
    }

    static String text(final String path) throws IOException {
        return Files.readString(Path.of(path), UTF_8);
    }

    /** The names under which Prometheus keeps what a broker tells. */
    static Set<String> metrics() throws IOException {
        final Set<String> names = new TreeSet<>();
        for (final String line : text("../docs/reference/metrics.md").lines().toList()) {
            final Matcher matcher = DOCUMENTED.matcher(line);
            if (matcher.find() && matcher.group(2).equals("histogram")) {
                for (final String suffix : List.of("_bucket", "_sum", "_count")) {
                    names.add(matcher.group(1) + suffix);
                }
            } else if (matcher.find(0)) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    /** The metrics of a broker that an expression asks for. */
    static Set<String> metricsIn(final String expression) {
        final Set<String> names = new TreeSet<>();
        USED.matcher(expression).results().forEach(it -> names.add(it.group()));
        return names;
    }

    private static ObjectMapper strict(final ObjectMapper mapper) {
        return mapper.enable(
                        com.fasterxml.jackson.core.JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }
}
