package io.millrace.cli.publish;

import io.millrace.protocol.batch.Header;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code name=value}; the value may be empty and may hold more equal signs. */
final class HeaderConverter implements ITypeConverter<Header> {
    @Override
    public Header convert(final String text) {
        final int at = text.indexOf('=');
        if (at < 1) {
            throw new TypeConversionException("'" + text + "' is not NAME=VALUE");
        }
        return Header.ofText(text.substring(0, at), text.substring(at + 1));
    }
}
