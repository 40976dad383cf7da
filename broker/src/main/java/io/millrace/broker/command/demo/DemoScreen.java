package io.millrace.broker.command.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows what goes on, for people, on stderr. Earthquakes are worth a line each if they are strong;
 * of other events only the count is shown. Thread-safe.
 */
final class DemoScreen {

    private static final double STRONG = 5.0;
    private static final int BAR_UNIT = 4;
    private static final int STEPS = 5;

    private final PrintStream out;
    private final int events;
    private final String keyField;
    private int shown;

    DemoScreen(PrintStream out, int events, String keyField) {
        this.out = out;
        this.events = events;
        this.keyField = keyField;
    }

    synchronized void say(String line) {
        out.println(line);
    }

    /** An event came back from the broker. */
    synchronized void delivered(JsonNode event, String key, int deliveries) {
        JsonNode magnitude = event.get("magnitude");
        JsonNode place = event.get("place");
        if (magnitude != null && magnitude.isNumber() && place != null) {
            if (magnitude.asDouble() >= STRONG) {
                quake(magnitude.asDouble(), place.asText(), key);
            }
        } else if ((long) deliveries * STEPS / events > shown) {
            shown++;
            out.printf("  %,7d events delivered, the last of %s %s%n", deliveries, keyField, key);
        }
    }

    private void quake(double magnitude, String place, String key) {
        String bar = "#".repeat((int) Math.round((magnitude - STRONG + 1) * BAR_UNIT));
        out.println(
                String.format(Locale.ROOT, "  M %.1f  %-9s %-48s %s", magnitude, bar, place, key));
    }
}
