package io.millrace.broker.groups;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.GroupSummary;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import java.util.Iterator;
import java.util.function.Supplier;

/** Finds and lists groups, as this broker knows them. Thread-safe; never blocks. */
final class GroupCatalog {

    private static final int MAX_PAGE = 1_000;

    private final Supplier<ClusterImage> image;
    private final Redirects redirects;

    GroupCatalog(Supplier<ClusterImage> image, Redirects redirects) {
        this.image = image;
        this.redirects = redirects;
    }

    /**
     * The group of a name.
     *
     * @throws MillraceException if there is none: UNKNOWN_GROUP, with the name that was probably
     *     meant, or INVALID_GROUP if there can be none
     */
    GroupImage find(String name) {
        return image.get().groups().require(name);
    }

    /** Whether a group is still there, not deleted meanwhile. */
    boolean isPresent(GroupImage group) {
        return image.get()
                .groups()
                .find(group.name())
                .filter(now -> now.groupId() == group.groupId())
                .isPresent();
    }

    /** A page of groups in the order of their names; the token is the last name of the page. */
    ListGroupsResponse list(ListGroupsRequest request) {
        int size = request.getPageSize() == 0 ? MAX_PAGE : request.getPageSize();
        if (size < 0 || size > MAX_PAGE) {
            throw SeekWish.invalid(
                    "page_size",
                    "page_size is %s; it must be 0 to %d"
                            .formatted(Integer.toUnsignedString(size), MAX_PAGE));
        }
        ListGroupsResponse.Builder response = ListGroupsResponse.newBuilder();
        Iterator<GroupImage> rest =
                image.get()
                        .groups()
                        .byName()
                        .tailMap(request.getPageToken(), false)
                        .values()
                        .iterator();
        GroupImage last = null;
        for (int i = 0; i < size && rest.hasNext(); i++) {
            last = rest.next();
            response.addGroups(summary(last));
        }
        if (rest.hasNext() && last != null) {
            response.setNextPageToken(last.name());
        }
        return response.build();
    }

    /** A group and who coordinates it. */
    GroupSummary summary(GroupImage group) {
        return GroupMessages.summary(group, redirects.leader(group.shard()).nodeId());
    }
}
