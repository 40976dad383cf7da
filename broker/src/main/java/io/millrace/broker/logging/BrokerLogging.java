package io.millrace.broker.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up the log of the process, in code and not by a file, so that a verb can choose: short ones
 * stay quiet, a broker talks. Everything goes to stderr; stdout belongs to data.
 */
public final class BrokerLogging {

    /** Warns, with a stack trace, of every subscriber that leaves while data is on its way. */
    private static final String STREAMS = "io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler";

    /** Libraries whose INFO is for their own developers. */
    private static final List<String> CHATTY =
            List.of("com.alipay", "net.openhft", "io.grpc", "com.lmax");

    /** Warns of each vote that does not arrive or comes late: nothing else happens in elections. */
    private static final String ELECTIONS = "com.alipay.sofa.jraft.core.NodeImpl";

    /**
     * Take every broker that is down for an error, again and again. The broker itself says once
     * that it has lost another one, who leads, and when replication stands still.
     */
    private static final List<String> ALARMED =
            List.of(
                    "com.alipay.sofa.jraft.core.Replicator",
                    "com.alipay.sofa.jraft.core.ReplicatorGroupImpl",
                    "com.alipay.sofa.jraft.rpc.impl.AbstractClientService");

    private BrokerLogging() {}

    /** How an event is written. */
    public enum Format {
        /** A line for people, with stack traces on lines of their own. */
        TEXT,
        /** One JSON object a line, whatever the event holds. */
        JSON
    }

    /**
     * Puts the whole log of the process on stderr, in place of whatever was set up before. May be
     * called again at any time, also to change the level only.
     *
     * @param level the least level written; libraries write WARN and above, unless this is DEBUG or
     *     TRACE: then INFO and above
     * @throws IllegalStateException if slf4j is bound to something else than logback
     */
    public static synchronized void configure(org.slf4j.event.Level level, Format format) {
        LoggerContext context = context();
        context.reset();

        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder(format));
        start(appender, context);

        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(Level.convertAnSLF4JLevel(level));
        Level chattyLevel = chattyLevel(level);
        CHATTY.forEach(name -> context.getLogger(name).setLevel(chattyLevel));
        boolean all = chattyLevel == Level.INFO;
        context.getLogger(STREAMS).setLevel(all ? Level.INFO : Level.ERROR);
        context.getLogger(ELECTIONS).setLevel(all ? Level.INFO : Level.ERROR);
        ALARMED.forEach(name -> context.getLogger(name).setLevel(all ? Level.INFO : Level.OFF));
        bridgeJavaUtilLogging();
    }

    private static LoggerContext context() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException(
                "the log cannot be set up: slf4j is bound to "
                        + factory.getClass().getName()
                        + " and not to logback; remove that library from the class path");
    }

    private static Encoder<ILoggingEvent> encoder(Format format) {
        return format == Format.JSON ? new JsonEncoder() : new TextEncoder();
    }

    private static void start(ConsoleAppender<ILoggingEvent> appender, LoggerContext context) {
        Encoder<ILoggingEvent> encoder = appender.getEncoder();
        ((ContextAwareBase) encoder).setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.start();
    }

    private static Level chattyLevel(org.slf4j.event.Level level) {
        return switch (level) {
            case TRACE, DEBUG -> Level.INFO;
            case INFO, WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }

    /** gRPC and the JDK log by java.util.logging; its own handler would write past us. */
    private static void bridgeJavaUtilLogging() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
