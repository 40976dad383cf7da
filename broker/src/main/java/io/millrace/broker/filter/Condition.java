package io.millrace.broker.filter;

import java.util.List;
import java.util.Set;

/**
 * Something in an expression that holds for a record or not. What cannot be told stays so through
 * {@code !}; {@code &&} and {@code ||} are told by the sides that can be, if these decide.
 */
sealed interface Condition {

    Verdict test(Subject subject);

    /** True or false, for any record. */
    record Constant(Verdict verdict) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            return verdict;
        }
    }

    /** The contrary. */
    record Not(Condition condition) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            return condition.test(subject).not();
        }
    }

    /** All of them hold. */
    record All(List<Condition> conditions) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            return decide(conditions, Verdict.NO, Verdict.YES, subject);
        }
    }

    /** One of them holds. */
    record Any(List<Condition> conditions) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            return decide(conditions, Verdict.YES, Verdict.NO, subject);
        }
    }

    private static Verdict decide(
            List<Condition> conditions, Verdict deciding, Verdict otherwise, Subject subject) {
        Verdict result = otherwise;
        for (Condition condition : conditions) {
            Verdict one = condition.test(subject);
            if (one == deciding) {
                return deciding;
            }
            if (one == Verdict.UNKNOWN) {
                result = Verdict.UNKNOWN;
            }
        }
        return result;
    }

    /** The record has a header of this name. */
    record HasHeader(String name) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            return Verdict.of(subject.hasHeader(name));
        }
    }

    /** Two terms compare like this. */
    record Compare(Term left, Comparison comparison, Term right) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            Object leftValue = left.of(subject);
            Object rightValue = right.of(subject);
            return leftValue == null || rightValue == null
                    ? Verdict.UNKNOWN
                    : comparison.test(leftValue, rightValue);
        }
    }

    /** A term is one of these. */
    record OneOf(Term term, Set<Object> values) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            Object value = term.of(subject);
            return value == null ? Verdict.UNKNOWN : Verdict.of(values.contains(value));
        }
    }

    /** A text passes a test. */
    record Passes(Term term, TextTest test) implements Condition {

        @Override
        public Verdict test(Subject subject) {
            return term.of(subject) instanceof String text ? test.test(text) : Verdict.UNKNOWN;
        }
    }
}
