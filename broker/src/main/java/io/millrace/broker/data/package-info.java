/** The data directory: whose it is, that it is used once at a time, and how full its disk is. */
package io.millrace.broker.data;
