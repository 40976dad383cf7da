package io.millrace.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code host:port[,host:port...]}; an IPv6 address stands in brackets. */
final class ServerListConverter implements ITypeConverter<ServerList> {
    private static final Pattern ADDRESS =
            Pattern.compile("(\\[[0-9A-Fa-f:.%a-z]+]|[A-Za-z0-9._-]+):(\\d{1,5})");

    @Override
    public ServerList convert(final String text) {
        final List<String> addresses = Stream.of(text.split(",", -1)).map(String::strip).toList();
        addresses.forEach(ServerListConverter::check);
        return new ServerList(addresses);
    }

    static void check(final String address) {
        final Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    "'" + address + "' is not HOST:PORT, such as 127.0.0.1:7400 or [::1]:7400");
        }
        final int port = Integer.parseInt(matcher.group(2));
        if (port < 1 || port > 65_535) {
            throw new TypeConversionException(
                    "the port of '" + address + "' must be from 1 to 65535");
        }
    }
}
