package io.millrace.broker.controller;

import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;

/** Words a refusal. */
final class ChangeRefused {

    private ChangeRefused() {}

    /** CHANGE_REFUSED with a sentence that names what is in the way and the way out. */
    static MillraceException because(String sentence, Object... args) {
        return MillraceException.of(ErrorCode.CHANGE_REFUSED, sentence.formatted(args));
    }

    /** INVALID_ARGUMENT with a sentence that names the field, the limit and the way out. */
    static MillraceException invalid(String sentence, Object... args) {
        return MillraceException.of(ErrorCode.INVALID_ARGUMENT, sentence.formatted(args));
    }
}
