/**
 * What can go wrong, once for brokers and clients: {@link io.millrace.protocol.error.ErrorCode} is
 * the list, {@link io.millrace.protocol.error.MillraceException} carries one of them, {@link
 * io.millrace.protocol.error.WireError} is the only place that turns them into gRPC and back.
 */
package io.millrace.protocol.error;
