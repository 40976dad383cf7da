package io.millrace.tests.processes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Finds ports for brokers that are started again at the same place. */
public final class BrokerPort {

    /**
     * Below the range from which the kernel takes the ports of outgoing connections: a client that
     * looks for a broker which is down would else meet itself there, and keep the port.
     */
    private static final int FIRST = 15_000;

    /** For each process that runs tests at the same time. */
    private static final int PLACES = 4_000;

    private static final int PROCESSES = 4;

    /** Ports are given out one after the other, so that none is given out twice at a time. */
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(PLACES));

    private BrokerPort() {}

    /**
     * A port of the loopback address that is free now, and that no other test of this build is
     * given, though nobody listens there yet.
     */
    public static int free() throws IOException {
        int fork = Math.floorMod(Integer.getInteger("surefire.forkNumber", 1) - 1, PROCESSES);
        IOException last = null;
        for (int i = 0; i < PLACES; i++) {
            int place = Math.floorMod(NEXT.getAndIncrement(), PLACES);
            int port = FIRST + fork * PLACES + place;
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }
}
