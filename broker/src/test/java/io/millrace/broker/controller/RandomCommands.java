package io.millrace.broker.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Commands that mostly make sense, over few topics, so that they meet. */
final class RandomCommands {

    private RandomCommands() {}

    static ControllerCommand<?> next(Random random) {
        String topic = "t" + random.nextInt(8);
        String group = "g" + random.nextInt(8);
        return switch (random.nextInt(15)) {
            case 0, 1, 2 ->
                    new CreateTopic(
                            topic,
                            random.nextInt(12),
                            random.nextInt(5),
                            random.nextInt(5) == 0 ? Map.of("nonsense", "1") : Map.of(),
                            random.nextInt(1_000));
            case 3 -> new GrowTopic(topic, random.nextInt(20));
            case 4 -> new SetTopic(topic, Map.of("segment.ms", random.nextInt(5) + "s"), List.of());
            case 5 -> new SetTopic(topic, Map.of(), List.of("segment.ms"));
            case 6 -> new DeleteTopic(topic, random.nextInt(3) == 0 ? random.nextInt(20) : 0);
            case 7 -> confirm(random);
            case 8 -> new AllocateProducerIds(random.nextInt(50));
            case 9, 10 ->
                    new CreateGroup(
                            group,
                            random.nextInt(4) == 0,
                            random.nextInt(5) == 0 ? Map.of("nonsense", "1") : Map.of(),
                            random.nextInt(1_000));
            case 11 -> new SetGroup(group, Map.of("lease.ms", random.nextInt(20) + "s"), List.of());
            case 12 -> new DeleteGroup(group, random.nextInt(3) == 0 ? random.nextInt(20) : 0);
            case 13 ->
                    new ConfirmGroupsDeleted(
                            1 + random.nextInt(6),
                            List.of((long) random.nextInt(100), (long) random.nextInt(100)));
            default ->
                    new RegisterBroker(
                            Clusters.broker(1 + random.nextInt(5), random.nextInt(100)), false);
        };
    }

    private static ConfirmDeleted confirm(Random random) {
        List<Long> ids = new ArrayList<>();
        for (int i = random.nextInt(40); i > 0; i--) {
            ids.add((long) random.nextInt(200));
        }
        return new ConfirmDeleted(1 + random.nextInt(6), ids);
    }
}
