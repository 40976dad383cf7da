package io.millrace.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads sizes in bytes: a number, alone or with a unit B, KiB, MiB, GiB, TiB (powers of 1,024) or
 * kB, MB, GB, TB (powers of 1,000), in any case.
 */
public final class BytesConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,18}) ?(?:([kmgt])(i?)b|b)?", Pattern.CASE_INSENSITIVE);

    @Override
    public Long convert(final String text) {
        final Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is not a size; write a number of bytes, or 64KiB, 10MiB, 1GiB");
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher));
        } catch (final ArithmeticException e) {
            throw new TypeConversionException("'" + text + "' is larger than 8 EiB");
        }
    }

    private static long unit(final Matcher matcher) {
        if (matcher.group(2) == null) {
            return 1;
        }
        final long base = matcher.group(3).isEmpty() ? 1_000 : 1_024;
        final int power = 1 + "kmgt".indexOf(matcher.group(2).toLowerCase(Locale.ROOT));
        long unit = 1;
        for (int i = 0; i < power; i++) {
            unit *= base;
        }
        return unit;
    }
}
