package io.millrace.cli.cluster;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a shard's number: 0, the controller, or more. */
final class ShardConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(final String text) {
        if (!text.matches("\\d{1,6}")
                || Integer.parseInt(text) < 0
                || Integer.parseInt(text) > 999999) {
            throw new TypeConversionException(
                    "'" + text + "' is not a shard, a whole number from 0 to 999999");
        }
        return Integer.valueOf(text);
    }
}
