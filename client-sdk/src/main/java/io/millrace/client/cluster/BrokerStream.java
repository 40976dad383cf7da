package io.millrace.client.cluster;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.protocol.error.WireError;

/**
 * One stream to one broker, whatever it is about. Messages come on network threads; all else is
 * guarded by the owner's lock. Never blocks.
 *
 * @param <Q> what is sent
 * @param <R> what comes
 */
public abstract class BrokerStream<Q, R> implements ClientResponseObserver<Q, R> {
    private final String address;
    private ClientCallStreamObserver<Q> call;
    private boolean ended;

    protected BrokerStream(String address) {
        this.address = address;
    }

    /** A message has come; on a network thread. */
    protected abstract void received(R response);

    /** The stream was ended by the broker or the network; on a network thread. */
    protected abstract void failed(MillraceException why);

    /** Sends, unless it has ended. */
    protected final void send(Q request) {
        if (!ended) {
            call.onNext(request);
        }
    }

    /** Half-closes: nothing more is sent, what comes is still listened to. At most once. */
    protected final void finish() {
        if (!ended) {
            call.onCompleted();
        }
    }

    /** The broker's host:port. */
    public final String address() {
        return address;
    }

    /** Whether nothing more is sent or listened to. */
    public final boolean isEnded() {
        return ended;
    }

    /** Nothing more is sent or listened to. */
    public final void markEnded() {
        ended = true;
    }

    /** Ends it without a word to the listener. */
    public final void cancel(String why) {
        ended = true;
        if (call != null) {
            call.cancel(why, null);
        }
    }

    @Override
    public final void beforeStart(ClientCallStreamObserver<Q> stream) {
        call = stream;
    }

    @Override
    public final void onNext(R response) {
        received(response);
    }

    @Override
    public final void onError(Throwable failure) {
        failed(WireError.fromThrowable(failure).with("broker", address));
    }

    @Override
    public final void onCompleted() {
        failed(
                MillraceException.of(
                        ErrorCode.NOT_READY,
                        "the broker at " + address + " has closed the stream"));
    }
}
