package io.millrace.broker.rpc;

import io.millrace.v1.GroupServiceGrpc.GroupServiceImplBase;

/** The group service over gRPC. Thread-safe. */
public final class GroupRpc extends GroupServiceImplBase {}
