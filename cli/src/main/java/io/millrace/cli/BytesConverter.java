package io.millrace.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads sizes in bytes: a number, alone or with a unit B, KiB, MiB, GiB, TiB (short: K, M, G, T, in
 * any case; all are powers of 1,024).
 */
public final class BytesConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,18}) ?(?:([kmgt])(?:i?b)?|b)?", Pattern.CASE_INSENSITIVE);

    @Override
    public Long convert(final String text) {
        final Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is not a size; write a number of bytes, or 64KiB, 10MiB, 1GiB");
        }
        final String unit = matcher.group(2);
        final int power = unit == null ? 0 : 1 + "kmgt".indexOf(unit.toLowerCase(Locale.ROOT));
        final long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> 10 * power) {
            throw new TypeConversionException("'" + text + "' is larger than 8 EiB");
        }
        return number << 10 * power;
    }
}
