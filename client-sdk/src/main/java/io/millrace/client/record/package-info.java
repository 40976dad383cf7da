/** What publishers and subscribers share: names of partitions, and how values become bytes. */
package io.millrace.client.record;
