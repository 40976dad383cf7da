package io.millrace.cli.dlq;

import io.millrace.client.admin.group.DeadLetter;
import io.millrace.protocol.batch.Header;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts dead letters into words for people, and into values for JSON. */
final class DeadLetterText {
    /** Values of that length may have been cut, within a letter too. */
    private static final int CUT_AT = 1_024;

    private DeadLetterText() {}

    /** Some lines, each ended by a line feed. */
    static String lines(final DeadLetter it) {
        final StringBuilder text = new StringBuilder();
        text.append(it.name()).append("  ");
        text.append(it.topic()).append('/').append(it.partition());
        text.append(" offset ").append(it.offset());
        text.append(", ").append(it.deliveries());
        text.append(it.deliveries() == 1 ? " delivery, " : " deliveries, ");
        text.append("given up ").append(time(it)).append('\n');
        text.append("  reason   ")
                .append(it.reason().isEmpty() ? "-" : plain(it.reason()))
                .append('\n');
        text.append("  key      ").append(it.key().length == 0 ? "-" : readable(it.key()));
        text.append('\n');
        if (!it.headers().isEmpty()) {
            text.append("  headers  ").append(headers(it.headers())).append('\n');
        }
        text.append("  value    ").append(readable(it.valueStart()));
        if (it.valueBytes() > it.valueStart().length) {
            text.append("… (the first ").append(it.valueStart().length);
            text.append(" of ").append(it.valueBytes()).append(" bytes)");
        }
        return text.append('\n').toString();
    }

    /** When it was given up. */
    static Instant time(final DeadLetter it) {
        return Instant.ofEpochMilli(it.timeMs()).truncatedTo(ChronoUnit.SECONDS);
    }

    /** What JSON is made of: what is not UTF-8 comes as base64 in a field that ends so. */
    static Map<String, Object> json(final DeadLetter it) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", it.name().toString());
        json.put("topic", it.topic());
        json.put("partition", it.partition());
        json.put("offset", it.offset());
        json.put("timeMs", it.timeMs());
        json.put("deliveries", it.deliveries());
        json.put("reason", it.reason());
        put(json, "key", it.key());
        put(json, "valueStart", it.valueStart());
        json.put("valueBytes", it.valueBytes());
        json.put("headers", it.headers().stream().map(DeadLetterText::json).toList());
        return json;
    }

    private static Map<String, Object> json(final Header header) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", header.name());
        put(json, "value", header.value());
        return json;
    }

    private static void put(final Map<String, Object> json, final String name, final byte[] bytes) {
        final String text = bytes == null ? null : text(bytes);
        if (bytes != null && text == null) {
            json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        } else {
            json.put(name, text);
        }
    }

    private static String headers(final List<Header> headers) {
        return headers.stream()
                .map(it -> it.value() == null ? it.name() : it.name() + "=" + readable(it.value()))
                .collect(Collectors.joining(" "));
    }

    /** Text as it is but for what a terminal would take for a command; other bytes escaped. */
    static String readable(final byte[] bytes) {
        final String text = text(bytes);
        final StringBuilder readable = new StringBuilder();
        if (text == null) {
            for (final byte b : bytes) {
                append((char) (b & 0xff), b >= ' ' && b < 0x7f, readable);
            }
        } else {
            readable.append(plain(text));
        }
        return readable.toString();
    }

    /** Text without what a terminal would take for a command. */
    static String plain(final String text) {
        final StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i), !Character.isISOControl(text.charAt(i)), plain);
        }
        return plain.toString();
    }

    private static void append(final char c, final boolean plain, final StringBuilder to) {
        switch (c) {
            case '\n' -> to.append("\\n");
            case '\t' -> to.append("\\t");
            case '\r' -> to.append("\\r");
            default ->
                    to.append(
                            plain
                                    ? String.valueOf(c)
                                    : String.format(Locale.ROOT, "\\x%02x", (int) c));
        }
    }

    /** Null if it is no UTF-8; a letter that was cut is left out. */
    private static String text(final byte[] bytes) {
        for (int cut = 0; cut <= 3 && cut <= bytes.length; cut++) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, 0, bytes.length - cut))
                        .toString();
            } catch (final CharacterCodingException e) {
                if (bytes.length < CUT_AT) {
                    return null;
                }
            }
        }
        return null;
    }
}
