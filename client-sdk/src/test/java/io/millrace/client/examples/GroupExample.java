package io.millrace.client.examples;

import io.millrace.client.MillraceClient;
import io.millrace.client.group.GroupSubscriber;
import io.millrace.client.group.StartPolicy;
import io.millrace.client.subscribe.ReceivedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Shares the partitions of a topic out among the members of a group. */
public final class GroupExample {
    private GroupExample() {}

    /** Takes a number of records as a member, and commits them before it leaves. */
    public static List<String> takeSome(String servers, int count) {
        List<String> values = new ArrayList<>();
        try (MillraceClient client = MillraceClient.connect(servers);
                GroupSubscriber member =
                        client.group("billing")
                                .topics("orders")
                                .start(StartPolicy.EARLIEST)
                                .build()) {
            while (values.size() < count) {
                for (ReceivedRecord record : member.poll(Duration.ofSeconds(1))) {
                    values.add(record.valueText());
                }
            }
            member.commit();
        }
        return values;
    }
}
