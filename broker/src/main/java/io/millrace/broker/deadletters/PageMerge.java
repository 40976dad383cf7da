package io.millrace.broker.deadletters;

import io.millrace.v1.DeadLetter;
import io.millrace.v1.ListDeadLettersResponse;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/** Makes one page of the pages of several partitions, one partition after the other. */
final class PageMerge {

    private PageMerge() {}

    /**
     * @param pages of each partition, all there
     * @param size how many dead letters at most
     */
    static ListDeadLettersResponse merge(
            SortedMap<Integer, CompletableFuture<ListDeadLettersResponse>> pages, int size) {
        ListDeadLettersResponse.Builder merged = ListDeadLettersResponse.newBuilder();
        int bytes = 0;
        for (CompletableFuture<ListDeadLettersResponse> each : pages.values()) {
            ListDeadLettersResponse page = each.join();
            merged.setTotal(merged.getTotal() + page.getTotal());
            if (!merged.getNextPageToken().isEmpty()) {
                continue;
            }
            for (DeadLetter one : page.getDeadLettersList()) {
                if (merged.getDeadLettersCount() == size || bytes >= ShelfPage.FULL_BYTES) {
                    merged.setNextPageToken(
                            PageToken.of(one.getDeadLetterPartition(), one.getDeadLetterOffset()));
                    break;
                }
                merged.addDeadLetters(one);
                bytes += one.getSerializedSize();
            }
            if (merged.getNextPageToken().isEmpty()) {
                merged.setNextPageToken(page.getNextPageToken());
            }
        }
        return merged.build();
    }
}
