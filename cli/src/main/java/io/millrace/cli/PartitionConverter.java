package io.millrace.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the number of a partition: a whole number from 0 on. */
public final class PartitionConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(final String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new TypeConversionException(
                    "'" + text + "' is not the number of a partition; they are counted from 0");
        }
        return Integer.valueOf(text);
    }
}
