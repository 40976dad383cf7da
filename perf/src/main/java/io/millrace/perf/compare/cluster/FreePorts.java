package io.millrace.perf.compare.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for ports that nobody uses. They lie below those that the system gives to outgoing
 * connections, so that a broker finds its port free again when it is restarted.
 */
final class FreePorts {
    private static final int FIRST = 17_400;
    private static final int LAST = 30_000;

    private FreePorts() {}

    /** So many ports in a row that are free right now; the first of them. */
    static int find(int count) throws IOException {
        for (int first = FIRST; first + count <= LAST; first += count) {
            if (areFree(first, count)) {
                return first;
            }
        }
        throw new IOException(
                "no %d ports in a row are free between %d and %d; stop what uses them"
                        .formatted(count, FIRST, LAST));
    }

    private static boolean areFree(int first, int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int port = first; port < first + count; port++) {
                ServerSocket socket = new ServerSocket();
                sockets.add(socket);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            return true;
        } catch (IOException e) {
            // In use: by an earlier broker, maybe, that lingers.
            return false;
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }
}
