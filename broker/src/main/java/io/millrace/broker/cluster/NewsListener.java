package io.millrace.broker.cluster;

import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ControllerNews;

/** Hears what the controller's leader says. Called by one thread at a time; must not block. */
public interface NewsListener {

    /** News came. */
    void onNews(ControllerNews news);

    /** The stream has ended; nothing follows. */
    void onEnd(MillraceException reason);
}
