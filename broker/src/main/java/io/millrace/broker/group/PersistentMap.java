package io.millrace.broker.group;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * An immutable map, sorted by its keys, whose changed copies share all but a few nodes with it: a
 * change takes time and memory in the order of the logarithm of its size, and a copy is a
 * reference. Neither keys nor values may be null.
 *
 * <p>It is a {@link Map} to those who read; they go through it in the order of its keys.
 */
public final class PersistentMap<K extends Comparable<? super K>, V> extends AbstractMap<K, V> {

    private static final PersistentMap<?, ?> EMPTY = new PersistentMap<>(null);

    private final Node<K, V> root;

    private PersistentMap(Node<K, V> root) {
        this.root = root;
    }

    /** A map with nothing in it. */
    @SuppressWarnings("unchecked") // it has neither keys nor values
    public static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
        return (PersistentMap<K, V>) EMPTY;
    }

    /** This map with one more entry, or with another value for a key. */
    public PersistentMap<K, V> with(K key, V value) {
        Node<K, V> changed = put(root, key, value);
        return changed == root ? this : new PersistentMap<>(changed);
    }

    /** This map without a key; the very same if there is no such key. */
    public PersistentMap<K, V> without(K key) {
        return find(key) == null ? this : new PersistentMap<>(remove(root, key));
    }

    /** The value of a key; null if there is none. */
    @Override
    @SuppressWarnings(
            "unchecked") // as in TreeMap: a key of another type is a mistake of the caller
    public V get(Object key) {
        Node<K, V> node = find((K) key);
        return node == null ? null : node.value;
    }

    @Override
    public boolean containsKey(Object key) {
        return get(key) != null;
    }

    @Override
    public int size() {
        return sizeOf(root);
    }

    @Override
    public Set<Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<K, V>> iterator() {
                return new InOrder<>(root);
            }

            @Override
            public int size() {
                return PersistentMap.this.size();
            }
        };
    }

    /** The most steps to any entry. */
    int height() {
        return heightOf(root);
    }

    private Node<K, V> find(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> put(
            Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return node.value == value ? node : new Node<>(key, value, node.left, node.right);
        }
        if (order < 0) {
            Node<K, V> left = put(node.left, key, value);
            return left == node.left ? node : balanced(node, left, node.right);
        }
        Node<K, V> right = put(node.right, key, value);
        return right == node.right ? node : balanced(node, node.left, right);
    }

    /** The key must be there. */
    private static <K extends Comparable<? super K>, V> Node<K, V> remove(Node<K, V> node, K key) {
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node, remove(node.left, key), node.right);
        } else if (order > 0) {
            return balanced(node, node.left, remove(node.right, key));
        } else if (node.left == null) {
            return node.right;
        } else if (node.right == null) {
            return node.left;
        }
        Node<K, V> next = node.right;
        while (next.left != null) {
            next = next.left;
        }
        return balanced(next, node.left, remove(node.right, next.key));
    }

    /** The entry of a node over two trees whose heights differ by two at most (AVL). */
    private static <K, V> Node<K, V> balanced(Node<K, V> at, Node<K, V> left, Node<K, V> right) {
        int lean = heightOf(left) - heightOf(right);
        if (lean > 1) {
            if (heightOf(left.left) >= heightOf(left.right)) {
                return over(left, left.left, over(at, left.right, right));
            }
            Node<K, V> middle = left.right;
            return over(middle, over(left, left.left, middle.left), over(at, middle.right, right));
        } else if (lean < -1) {
            if (heightOf(right.right) >= heightOf(right.left)) {
                return over(right, over(at, left, right.left), right.right);
            }
            Node<K, V> middle = right.left;
            return over(
                    middle, over(at, left, middle.left), over(right, middle.right, right.right));
        }
        return over(at, left, right);
    }

    private static <K, V> Node<K, V> over(Node<K, V> at, Node<K, V> left, Node<K, V> right) {
        return new Node<>(at.key, at.value, left, right);
    }

    private static int heightOf(Node<?, ?> node) {
        return node == null ? 0 : node.height;
    }

    private static int sizeOf(Node<?, ?> node) {
        return node == null ? 0 : node.size;
    }

    private static final class Node<K, V> {

        final K key;
        final V value;
        final Node<K, V> left;
        final Node<K, V> right;
        final int height;
        final int size;

        Node(K key, V value, Node<K, V> left, Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = 1 + Math.max(heightOf(left), heightOf(right));
            this.size = 1 + sizeOf(left) + sizeOf(right);
        }
    }

    private static final class InOrder<K, V> implements Iterator<Map.Entry<K, V>> {

        private final Deque<Node<K, V>> path = new ArrayDeque<>();

        InOrder(Node<K, V> root) {
            descend(root);
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public Map.Entry<K, V> next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = path.pop();
            descend(node.right);
            return Map.entry(node.key, node.value);
        }

        private void descend(Node<K, V> from) {
            for (Node<K, V> node = from; node != null; node = node.left) {
                path.push(node);
            }
        }
    }
}
