package io.millrace.broker.pull;

import java.io.IOException;

/** A broker has not got the records that it was asked for; another one may have them. */
public final class PullRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    public PullRefusedException(String message) {
        super(message);
    }
}
