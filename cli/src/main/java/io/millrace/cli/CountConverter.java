package io.millrace.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how many of something: a whole number from 1 on. */
public final class CountConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(final String text) {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) == 0) {
            throw new TypeConversionException(
                    "'" + text + "' is not a whole number from 1 to 999999999");
        }
        return Integer.valueOf(text);
    }
}
