package io.millrace.client.admin.group;

import java.util.List;

/**
 * Some of a group's dead letters, oldest first.
 *
 * @param deadLetters these
 * @param nextPageToken asks for those that follow; empty: there are none
 * @param total how many the group has in all
 */
public record DeadLetterPage(List<DeadLetter> deadLetters, String nextPageToken, long total) {}
