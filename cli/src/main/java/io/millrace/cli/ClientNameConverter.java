package io.millrace.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a client: what stands in logs is short, and on one line. */
final class ClientNameConverter implements ITypeConverter<String> {
    private static final int MAX_LENGTH = 200;

    @Override
    public String convert(final String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new TypeConversionException(
                    "must have from 1 to " + MAX_LENGTH + " characters, has " + text.length());
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new TypeConversionException("must not contain control characters");
        }
        return text;
    }
}
