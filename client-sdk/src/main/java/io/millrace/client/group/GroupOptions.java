package io.millrace.client.group;

import io.millrace.client.membership.MemberTerms;
import io.millrace.client.subscribe.FeedOptions;

/**
 * What {@link GroupSubscriberBuilder} collects.
 *
 * @param autoCommitNanos 0: the user commits
 */
record GroupOptions(
        MemberTerms terms,
        StartPolicy start,
        AssignmentListener listener,
        long autoCommitNanos,
        long requestTimeoutNanos,
        long closeTimeoutNanos,
        FeedOptions feed) {}
