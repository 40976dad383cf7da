package io.millrace.tests.architecture.offenders.broker;

import io.grpc.Status;

/** Breaks: only adapters know gRPC. */
public final class KnowsGrpc {

    Status known;
}
