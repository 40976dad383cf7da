/**
 * Subscriptions: what one subscriber follows, where it stands and what it may still be sent.
 *
 * <p>Knows the messages of the protocol but not the transport.
 */
package io.millrace.broker.subscription;
