/**
 * Following partitions: {@link io.millrace.client.subscribe.Subscriber} and what comes out of it.
 */
package io.millrace.client.subscribe;
