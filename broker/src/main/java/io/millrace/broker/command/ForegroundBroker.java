package io.millrace.broker.command;

import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.logging.BrokerLogging;
import io.millrace.cli.CommandContext;
import io.millrace.cli.CommandException;
import io.millrace.cli.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A broker in the foreground: says when it serves, and stops in order when it is told to. */
final class ForegroundBroker {

    private static final Logger LOG = LoggerFactory.getLogger(ForegroundBroker.class);
    private static final long STOP_LIMIT_S = 60;

    private final CommandContext context;

    ForegroundBroker(CommandContext context) {
        this.context = context;
    }

    /**
     * Runs a broker until the process is told to end. Blocks.
     *
     * @return the exit code
     */
    int run(BrokerConfig config) throws IOException {
        BrokerLogging.configure(
                Level.valueOf(config.log().level().name()),
                BrokerLogging.Format.valueOf(config.log().format().name()));
        Broker broker = start(config);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch stop = new CountDownLatch(1);
        Thread hook = new Thread(() -> awaitStop(stop, stopped), "millrace-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        broker.fatal().thenAccept(ForegroundBroker::halt);
        try {
            ready(broker);
            await(stop);
            return ExitCode.DONE;
        } finally {
            // Also when nobody can be told that it serves: the hook would wait for ever else.
            try {
                broker.close();
            } finally {
                stopped.countDown();
            }
        }
    }

    private static Broker start(BrokerConfig config) {
        try {
            return Broker.start(config);
        } catch (FileSystemException e) {
            throw new CommandException(sentence(e), e);
        } catch (IOException | BrokerException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    /** The JDK's own message is often no more than the path. */
    static String sentence(FileSystemException e) {
        String why = e.getReason();
        if (e instanceof AccessDeniedException) {
            why = "no permission";
        } else if (e instanceof NoSuchFileException) {
            why = "it is not there, and cannot be made";
        } else if (why == null) {
            why = e.getClass().getSimpleName();
        }
        return "cannot start: %s: %s; check the path and its owner, or choose another --data-dir"
                .formatted(e.getFile(), why);
    }

    private void ready(Broker broker) throws IOException {
        OutputStream out = context.out();
        out.write(("ready " + broker.clientAddress() + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Runs when the process is told to end: lets the main thread stop the broker, and waits. */
    private static void awaitStop(CountDownLatch stop, CountDownLatch stopped) {
        stop.countDown();
        try {
            if (!stopped.await(STOP_LIMIT_S, TimeUnit.SECONDS)) {
                LOG.warn("the broker did not stop within {} s, ending all the same", STOP_LIMIT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException e) {
            // Somebody wants the command to end: so it does, in order.
            Thread.currentThread().interrupt();
        }
    }

    /** A disk that failed once cannot be trusted in this process: no orderly stop, no hooks. */
    private static void halt(String reason) {
        LOG.error("exiting: {}", reason);
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }
}
