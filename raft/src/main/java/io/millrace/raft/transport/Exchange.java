package io.millrace.raft.transport;

import io.grpc.MethodDescriptor;

/** The one streaming call that a lane is made of: requests one way, answers the other. */
final class Exchange {

    static final String SERVICE = "millrace.raft.v1.Peer";

    static final MethodDescriptor<Frame, Frame> METHOD =
            MethodDescriptor.<Frame, Frame>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Exchange"))
                    .setRequestMarshaller(new FrameMarshaller())
                    .setResponseMarshaller(new FrameMarshaller())
                    .build();

    private Exchange() {}
}
