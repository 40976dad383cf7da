package io.millrace.raft.transport;

import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.google.protobuf.Message;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An answer in the shape in which jraft gives it. */
final class AnswerClosure {

    private AnswerClosure() {}

    static RpcRequestClosure of(Answer answer, RaftMethod method, String from) {
        return new RpcRequestClosure(new Context(answer, from), method.response);
    }

    private record Context(Answer answer, String from) implements RpcContext {

        @Override
        public void sendResponse(Object response) {
            answer.send((Message) response);
        }

        @Override
        public Connection getConnection() {
            return new GroupConnection();
        }

        @Override
        public String getRemoteAddress() {
            return from;
        }
    }

    /**
     * What a group may take for its connection. It is all groups' connection, so closing it for one
     * does nothing: a group that has too much under way is answered as busy.
     */
    private static final class GroupConnection implements Connection {

        private final Map<String, Object> attributes = new ConcurrentHashMap<>();

        @Override
        public Object getAttribute(String key) {
            return attributes.get(key);
        }

        @Override
        public void setAttribute(String key, Object value) {
            attributes.put(key, value);
        }

        @Override
        public Object setAttributeIfAbsent(String key, Object value) {
            return attributes.putIfAbsent(key, value);
        }

        @Override
        public void close() {}
    }
}
