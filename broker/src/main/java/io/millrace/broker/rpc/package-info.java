/**
 * The gRPC services: adapters between streams and calls on one side and the broker on the other.
 */
package io.millrace.broker.rpc;
