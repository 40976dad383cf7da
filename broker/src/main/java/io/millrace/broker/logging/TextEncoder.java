package io.millrace.broker.logging;

import static io.millrace.broker.logging.Escapes.controlCharacters;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;

/**
 * One line for people: time in UTC, level, thread, logger, context, message; stack traces follow on
 * indented lines, so that only what begins with a time is an event.
 */
final class TextEncoder extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final int MAX_CAUSES = 20;

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(TIME.format(event.getInstant()))
                .append(String.format(" %-5s [", event.getLevel()))
                .append(controlCharacters(event.getThreadName()))
                .append("] ")
                .append(simpleName(event.getLoggerName()));
        appendContext(line, event.getMDCPropertyMap());
        line.append(": ").append(controlCharacters(event.getFormattedMessage())).append('\n');
        appendThrowable(line, event.getThrowableProxy());
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private static String simpleName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static void appendContext(StringBuilder line, Map<String, String> context) {
        new TreeMap<>(context)
                .forEach(
                        (key, value) ->
                                line.append(' ')
                                        .append(controlCharacters(key))
                                        .append('=')
                                        .append(controlCharacters(value)));
    }

    private static void appendThrowable(StringBuilder text, IThrowableProxy throwable) {
        IThrowableProxy cause = throwable;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            text.append(depth == 0 ? "    " : "    caused by ")
                    .append(cause.getClassName())
                    .append(": ")
                    .append(controlCharacters(cause.getMessage()))
                    .append('\n');
            StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
            for (int i = 0; i < frames.length - cause.getCommonFrames(); i++) {
                text.append("        ").append(frames[i].getSTEAsString()).append('\n');
            }
            cause = cause.getCause();
        }
    }
}
