package io.millrace.broker.groups;

import io.millrace.v1.Verdict;

/**
 * Why a partition of a group does or does not move.
 *
 * @param verdict in one word
 * @param evidence what shows it, a sentence without the full stop
 * @param advice the command that helps; empty: nothing is wrong
 */
record Finding(Verdict verdict, String evidence, String advice) {

    static Finding fine(Verdict verdict, String evidence) {
        return new Finding(verdict, evidence, "");
    }
}
