package io.millrace.broker.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads a YAML file into settings by name: nested keys are joined with dots, so that {@code listen:
 * {host: x}} and {@code listen.host: x} are the same.
 */
final class SettingsFile {

    private static final long MAX_BYTES = 1 << 20;

    private final String file;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private SettingsFile(String file) {
        this.file = file;
    }

    /**
     * A value as it was written.
     *
     * @param text the value
     * @param place where it is, for error messages
     */
    record Setting(String text, String place) {}

    /**
     * The settings in a file.
     *
     * @throws ConfigException if it cannot be read, is no YAML, or is something else than settings
     */
    static Map<String, Setting> read(Path path) {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new ConfigException(
                        "", "%s is larger than 1 MiB; is it a configuration?".formatted(path));
            }
            return parse(path.toString(), Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new ConfigException("", "there is no file %s".formatted(path));
        } catch (MalformedInputException e) {
            throw new ConfigException("", "%s is not written in UTF-8".formatted(path));
        } catch (IOException e) {
            throw new ConfigException("", "%s cannot be read: %s".formatted(path, e));
        }
    }

    /** The settings in a text that came from a file of this name. */
    static Map<String, Setting> parse(String file, String yaml) {
        SettingsFile reading = new SettingsFile(file);
        try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                reading.object(parser, "");
            } else if (first != null && first != JsonToken.VALUE_NULL) {
                throw reading.refused(parser, "", "expected \"name: value\" lines");
            }
            if (first != null && parser.nextToken() != null) {
                throw reading.refused(parser, "", "more than one YAML document");
            }
            return reading.settings;
        } catch (JsonProcessingException e) {
            throw new ConfigException(
                    "",
                    "%s is no YAML: %s"
                            .formatted(
                                    reading.place(e.getLocation()),
                                    e.getOriginalMessage().replaceAll("\\s+", " ")));
        } catch (IOException e) {
            throw new ConfigException("", "%s cannot be read: %s".formatted(file, e));
        }
    }

    private void object(YAMLParser parser, String prefix) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = prefix + parser.currentName();
            String place = place(parser.currentTokenLocation());
            JsonToken value = parser.nextToken();
            if (parser.isCurrentAlias()) {
                throw refused(parser, name, name + ": aliases are not supported; write the value");
            }
            if (value == JsonToken.START_OBJECT) {
                object(parser, name + ".");
            } else if (value == JsonToken.START_ARRAY) {
                throw refused(
                        parser,
                        name,
                        name
                                + ": no list is expected here; several values stand in one line,"
                                + " with commas between them");
            } else if (value == JsonToken.VALUE_NULL) {
                throw refused(parser, name, name + " has no value; give one or remove the line");
            } else if (settings.put(name, new Setting(parser.getText(), place)) != null) {
                throw refused(parser, name, name + " is there twice; remove one");
            }
        }
    }

    private ConfigException refused(YAMLParser parser, String key, String reason) {
        return new ConfigException(key, place(parser.currentTokenLocation()) + ": " + reason);
    }

    private String place(JsonLocation at) {
        return at == null || at.getLineNr() < 1
                ? file
                : "%s, line %d, column %d".formatted(file, at.getLineNr(), at.getColumnNr());
    }
}
