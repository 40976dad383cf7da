package io.millrace.broker.rpc;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.millrace.broker.cluster.NewsListener;
import io.millrace.broker.cluster.ReportStream;
import io.millrace.protocol.error.ErrorCode;
import io.millrace.protocol.error.MillraceException;
import io.millrace.v1.BrokerReport;
import io.millrace.v1.ControllerNews;

/** A stream of reports over gRPC, on the side of the broker that reports. Thread-safe. */
final class AttendCall
        implements ReportStream, ClientResponseObserver<BrokerReport, ControllerNews> {

    private final NewsListener listener;
    private ClientCallStreamObserver<BrokerReport> call;
    private boolean ended;

    AttendCall(NewsListener listener) {
        this.listener = listener;
    }

    @Override
    public synchronized void beforeStart(ClientCallStreamObserver<BrokerReport> requests) {
        call = requests;
    }

    @Override
    public synchronized boolean send(BrokerReport report) {
        if (ended || !call.isReady()) {
            return false;
        }
        call.onNext(report);
        return true;
    }

    @Override
    public synchronized void close() {
        if (!ended) {
            ended = true;
            call.cancel("another stream is opened, or the broker stops", null);
        }
    }

    @Override
    public void onNext(ControllerNews news) {
        listener.onNews(news);
    }

    @Override
    public void onError(Throwable failure) {
        end(PeerCalls.understood(failure));
    }

    @Override
    public void onCompleted() {
        end(MillraceException.of(ErrorCode.NOT_READY, "the leader has closed the stream"));
    }

    private void end(MillraceException reason) {
        synchronized (this) {
            ended = true;
        }
        listener.onEnd(reason);
    }
}
