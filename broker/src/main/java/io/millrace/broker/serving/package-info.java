/** Leads publishers and subscribers from the names they use to the partitions held here. */
package io.millrace.broker.serving;
