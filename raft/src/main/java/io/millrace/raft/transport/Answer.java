package io.millrace.raft.transport;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.google.protobuf.Message;

/** Takes the answer to one request. Thread-safe; never blocks. */
@FunctionalInterface
interface Answer {

    /**
     * @param message the answer, or an {@link ErrorResponse}
     */
    void send(Message message);

    default void error(RaftError error, String text) {
        send(ErrorResponse.newBuilder().setErrorCode(error.getNumber()).setErrorMsg(text).build());
    }
}
