package io.millrace.broker.controller;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The newest cluster map that this broker knows, and who wants to hear of newer ones. */
public final class ClusterImages {

    private final List<Consumer<ClusterImage>> listeners = new CopyOnWriteArrayList<>();
    private final Set<Waiter> waiters = new HashSet<>();
    private volatile ClusterImage current = ClusterImage.EMPTY;

    /** The newest. */
    public ClusterImage current() {
        return current;
    }

    /**
     * Calls the listener with the present image, on the caller's thread, and then with every newer
     * one, in order, on the thread that brings it: it must neither block nor throw.
     */
    public synchronized void addListener(Consumer<ClusterImage> listener) {
        listeners.add(listener);
        listener.accept(current);
    }

    /** Stops the calls; one that is under way may still end after this. */
    public void removeListener(Consumer<ClusterImage> listener) {
        listeners.remove(listener);
    }

    /**
     * An image that the controller's leader has sent. Becomes the current one if it is newer; the
     * listeners are called on this thread then.
     */
    public void offer(ClusterImage image) {
        publish(image);
    }

    /** Completes as soon as the current image is of this version or newer. Has no deadline. */
    public CompletableFuture<Void> await(long version) {
        Waiter waiter = new Waiter(version, new CompletableFuture<>());
        synchronized (this) {
            if (current.version() < version) {
                waiters.add(waiter);
                waiter.reached().whenComplete((done, error) -> forget(waiter));
                return waiter.reached();
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    private synchronized void forget(Waiter waiter) {
        waiters.remove(waiter);
    }

    /** Makes an image the current one, unless that is as new: images come by two ways. */
    void publish(ClusterImage image) {
        List<Waiter> due;
        synchronized (this) {
            if (image.version() <= current.version()) {
                return;
            }
            current = image;
            listeners.forEach(listener -> listener.accept(image));
            due = waiters.stream().filter(one -> one.version() <= image.version()).toList();
        }
        due.forEach(waiter -> waiter.reached().complete(null)); // what depends on it may take locks
    }

    private record Waiter(long version, CompletableFuture<Void> reached) {}
}
