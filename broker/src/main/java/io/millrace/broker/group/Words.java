package io.millrace.broker.group;

/** How words of users are shown in messages. */
final class Words {

    private static final int MAX_SHOWN = 100;

    private Words() {}

    /** The text without control characters, and not longer than a person reads. */
    static String shown(String text) {
        String cut = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
