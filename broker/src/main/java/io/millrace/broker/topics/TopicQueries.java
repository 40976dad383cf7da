package io.millrace.broker.topics;

import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.TopicImage;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.ListTopicsRequest;
import io.millrace.v1.ListTopicsResponse;
import java.util.Iterator;
import java.util.function.Supplier;

/** Lists topics, as this broker knows them. Thread-safe; never blocks. */
public final class TopicQueries {

    private static final int MAX_PAGE = 1_000;

    private final Supplier<ClusterImage> image;

    public TopicQueries(Supplier<ClusterImage> image) {
        this.image = image;
    }

    /** A page of topics in the order of their names; the token is the last name of the page. */
    public ListTopicsResponse list(ListTopicsRequest request) {
        int size = request.getPageSize() == 0 ? MAX_PAGE : request.getPageSize();
        if (size < 0 || size > MAX_PAGE) {
            throw MillraceException.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "page_size is %s; it must be 0 to %d"
                                    .formatted(Integer.toUnsignedString(size), MAX_PAGE))
                    .with("field", "page_size");
        }
        ListTopicsResponse.Builder response = ListTopicsResponse.newBuilder();
        Iterator<TopicImage> rest =
                image.get().topics().tailMap(request.getPageToken(), false).values().iterator();
        TopicImage last = null;
        for (int i = 0; i < size && rest.hasNext(); i++) {
            last = rest.next();
            response.addTopics(TopicMessages.topic(last));
        }
        if (rest.hasNext() && last != null) {
            response.setNextPageToken(last.name());
        }
        return response.build();
    }
}
