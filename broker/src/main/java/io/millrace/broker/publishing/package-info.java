/**
 * Publishing: what one publisher has in flight and what it is answered.
 *
 * <p>Knows the messages of the protocol but not the transport.
 */
package io.millrace.broker.publishing;
