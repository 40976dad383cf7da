package io.millrace.broker.controller;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The newest cluster map that this broker knows, and who wants to hear of newer ones. */
public final class ClusterImages {

    private final List<Consumer<ClusterImage>> listeners = new CopyOnWriteArrayList<>();
    private volatile ClusterImage current = ClusterImage.EMPTY;

    /** The newest. */
    public ClusterImage current() {
        return current;
    }

    /**
     * Calls the listener with the present image, on the caller's thread, and then with every newer
     * one, in order, on the controller's apply thread: it must neither block nor throw.
     */
    public synchronized void addListener(Consumer<ClusterImage> listener) {
        listeners.add(listener);
        listener.accept(current);
    }

    /** Stops the calls; one that is under way may still end after this. */
    public void removeListener(Consumer<ClusterImage> listener) {
        listeners.remove(listener);
    }

    /** Makes an image the current one, unless it is. */
    synchronized void publish(ClusterImage image) {
        if (image == current) {
            return;
        }
        current = image;
        listeners.forEach(listener -> listener.accept(image));
    }
}
