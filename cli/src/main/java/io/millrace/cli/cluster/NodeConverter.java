package io.millrace.cli.cluster;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a node id: 1 to 65,535. */
final class NodeConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(final String text) {
        if (!text.matches("\\d{1,6}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > 65535) {
            throw new TypeConversionException(
                    "'" + text + "' is not a node id, a whole number from 1 to 65535");
        }
        return Integer.valueOf(text);
    }
}
