package io.millrace.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The weight of a broker.
 *
 * @param address host:port
 * @param share 1 to 100
 */
record Weight(String address, int share) {
    private static final int MAX = 100;

    /** Reads {@code host:port=n}. */
    static final class Converter implements ITypeConverter<Weight> {
        @Override
        public Weight convert(final String text) {
            final int sign = text.lastIndexOf('=');
            if (sign < 0 || !text.substring(sign + 1).matches("\\d{1,9}")) {
                throw new TypeConversionException(
                        "'" + text + "' is not HOST:PORT=N, such as 127.0.0.1:7400=10");
            }
            final String address = text.substring(0, sign);
            ServerListConverter.check(address);
            final int share = Integer.parseInt(text.substring(sign + 1));
            if (share < 1 || share > MAX) {
                throw new TypeConversionException(
                        "the weight in '" + text + "' must be from 1 to " + MAX);
            }
            return new Weight(address, share);
        }
    }
}
