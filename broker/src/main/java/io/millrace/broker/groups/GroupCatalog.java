package io.millrace.broker.groups;

import io.millrace.broker.cluster.Redirects;
import io.millrace.broker.config.NearestName;
import io.millrace.broker.controller.ClusterImage;
import io.millrace.broker.controller.GroupImage;
import io.millrace.protocol.TopicName;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.GroupSummary;
import io.millrace.v1.ListGroupsRequest;
import io.millrace.v1.ListGroupsResponse;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/** Finds and lists groups, as this broker knows them. Thread-safe; never blocks. */
final class GroupCatalog {

    private static final int MAX_PAGE = 1_000;

    /** More edits than that, and another group was meant. */
    private static final int MAX_EDITS = 3;

    /** To compare a name with all there are would take too long. */
    private static final int MAX_COMPARED = 1_000;

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
        requireName(name);
        return image.get().groups().find(name).orElseThrow(() -> unknown(name));
    }

    /** Whether a group is still there, not deleted meanwhile. */
    boolean isPresent(GroupImage group) {
        return image.get()
                .groups()
                .find(group.name())
                .filter(now -> now.groupId() == group.groupId())
                .isPresent();
    }

    static void requireName(String name) {
        if (!TopicName.isValid(name)) {
            throw MillraceException.of(
                            ErrorCode.INVALID_GROUP,
                            "group names match [A-Za-z0-9._-]{1,249} and are neither \".\" nor"
                                    + " \"..\"")
                    .with("field", "group");
        }
    }

    private MillraceException unknown(String name) {
        List<String> near =
                image.get().groups().byName().keySet().stream()
                        .filter(one -> Math.abs(one.length() - name.length()) <= MAX_EDITS)
                        .limit(MAX_COMPARED)
                        .toList();
        String hint =
                NearestName.within(MAX_EDITS, name, near)
                        .map("did you mean \"%s\"?"::formatted)
                        .orElse("look at `millrace group list`");
        return MillraceException.of(
                        ErrorCode.UNKNOWN_GROUP,
                        "there is no group \"%s\"; %s".formatted(name, hint))
                .with("group", name);
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
