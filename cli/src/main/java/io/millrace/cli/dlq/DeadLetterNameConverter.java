package io.millrace.cli.dlq;

import io.millrace.client.admin.group.DeadLetterName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code PARTITION:OFFSET}. */
final class DeadLetterNameConverter implements ITypeConverter<DeadLetterName> {
    @Override
    public DeadLetterName convert(final String text) {
        if (!text.matches("\\d{1,9}:\\d{1,18}")) {
            throw new TypeConversionException(
                    "'"
                            + text
                            + "' names no dead letter; write it as 'dlq list' does, such as 0:42");
        }
        final int colon = text.indexOf(':');
        return new DeadLetterName(
                Integer.parseInt(text.substring(0, colon)),
                Long.parseLong(text.substring(colon + 1)));
    }
}
