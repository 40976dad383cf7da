package io.millrace.client.cluster;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses that a user gave.
 *
 * @param addresses host:port each, none twice, at least one
 */
public record ServerList(List<String> addresses) {
    private static final int MAX_SERVERS = 100;
    private static final int MAX_PORT = 65_535;

    public ServerList {
        addresses = List.copyOf(addresses);
    }

    /**
     * Reads {@code host:port[,host:port…]}; IPv6 addresses stand in brackets.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static ServerList parse(String list) {
        Set<String> addresses = new LinkedHashSet<>();
        for (String part : list.split(",", -1)) {
            addresses.add(checked(part.strip(), list));
        }
        if (addresses.size() > MAX_SERVERS) {
            throw new IllegalArgumentException(
                    "the server list has " + addresses.size() + " entries; at most " + MAX_SERVERS);
        }
        return new ServerList(new ArrayList<>(addresses));
    }

    private static String checked(String address, String list) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (colon <= 0
                || (host.indexOf(':') >= 0 && !bracketed)
                || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')
                || !isPort(address.substring(colon + 1))) {
            throw new IllegalArgumentException(
                    "server list \""
                            + list
                            + "\": \""
                            + address
                            + "\" is not host:port with a port from 1 to 65535 (IPv6 in brackets:"
                            + " [::1]:7400)");
        }
        return address;
    }

    private static boolean isPort(String text) {
        if (text.isEmpty()
                || text.length() > 5
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        int port = Integer.parseInt(text);
        return port >= 1 && port <= MAX_PORT;
    }
}
