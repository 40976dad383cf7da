package io.millrace.perf.compare;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How often brokers asked for files to be written to the disk, and waited for it, while a load
 * warmed up.
 *
 * @param calls of fsync and its kin, all brokers together; null if they were not counted
 * @param records that were acknowledged meanwhile
 * @param uncounted why calls were not counted, a few words; null if they were
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Forces(Long calls, long records, String uncounted) {

    static Forces of(long calls, long records) {
        return new Forces(calls, records, null);
    }

    static Forces uncounted(String why) {
        return new Forces(null, 0, why);
    }
}
