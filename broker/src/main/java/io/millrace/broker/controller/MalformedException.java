package io.millrace.broker.controller;

/** Bytes are not what they should be. */
public final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
