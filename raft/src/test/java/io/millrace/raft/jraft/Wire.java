package io.millrace.raft.jraft;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** A TCP connection that can be made to swallow everything, in either direction, or be cut. */
final class Wire implements AutoCloseable {

    private final ServerSocket listener;
    private final IntSupplier target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** Whether bytes from the one who connects vanish. */
    volatile boolean swallowRequests;

    /** Whether bytes towards the one who connects vanish. */
    volatile boolean swallowAnswers;

    private volatile boolean refuses;

    Wire(IntSupplier target) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        thread(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Swallows everything in both directions. */
    void swallow(boolean everything) {
        swallowRequests = everything;
        swallowAnswers = everything;
        if (!everything) {
            // What was swallowed is gone for ever; TCP would have had it sent again.
            cut();
        }
    }

    /** Closes what is connected, and lets nobody in: as if nobody listened there. */
    void refuse(boolean everybody) {
        refuses = everybody;
        cut();
    }

    /** Closes what is connected. */
    void cut() {
        sockets.forEach(Wire::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                if (refuses) {
                    near.close();
                    continue;
                }
                sockets.add(near);
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
                sockets.add(far);
                thread(() -> pump(near, far, true));
                thread(() -> pump(far, near, false));
            } catch (IOException e) {
                // Nobody listens there, or we are closed.
                cut();
            }
        }
    }

    private void pump(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count;
            while ((count = in.read(buffer)) >= 0) {
                if (!(requests ? swallowRequests : swallowAnswers)) {
                    out.write(buffer, 0, count);
                }
            }
        } catch (IOException e) {
            // The other side has gone.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
        }
    }

    private static void thread(Runnable body) {
        Thread thread = new Thread(body, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
