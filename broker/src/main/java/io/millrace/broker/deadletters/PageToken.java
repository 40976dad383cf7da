package io.millrace.broker.deadletters;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/**
 * Where a page of dead letters begins.
 *
 * @param partition in this partition of the dead-letter topic
 * @param offset at this offset, or later
 */
record PageToken(int partition, long offset) {

    static final PageToken START = new PageToken(0, 0);

    /** As the client is told. */
    static String of(int partition, long offset) {
        return partition + ":" + offset;
    }

    /**
     * As the client says it; empty: the beginning.
     *
     * @throws MillraceException if it is not what a client was told
     */
    static PageToken parse(String text) {
        if (text.isEmpty()) {
            return START;
        }
        int colon = text.indexOf(':');
        try {
            PageToken token =
                    new PageToken(
                            Integer.parseInt(text.substring(0, Math.max(0, colon))),
                            Long.parseLong(text.substring(colon + 1)));
            if (token.partition >= 0 && token.offset >= 0) {
                return token;
            }
        } catch (NumberFormatException e) {
            // as below
        }
        throw MillraceException.of(
                        ErrorCode.INVALID_ARGUMENT,
                        "page_token is not the next_page_token of an earlier page; leave it out to"
                                + " begin with the first page")
                .with("field", "page_token");
    }
}
