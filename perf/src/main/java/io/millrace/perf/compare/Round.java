package io.millrace.perf.compare;

import java.util.List;

/**
 * What is measured on one cluster, from its start with no data to its end.
 *
 * @param number from 1 on
 * @param system whose cluster
 * @param warmUp done first and not measured; null: what is measured wants a cluster that has done
 *     nothing
 * @param steps what is measured, in this order
 */
record Round(int number, String system, Step warmUp, List<Step> steps) {
    Round {
        steps = List.copyOf(steps);
    }
}
