package io.millrace.broker.filter;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads an expression by recursive descent, each rule of docs/reference/filter.md a method. For one
 * expression.
 */
final class Parser {

    /** How deep parentheses may be nested, so that neither reading nor testing fills the stack. */
    static final int MAX_DEPTH = 50;

    private static final String EXAMPLE = "key == \"a\" && headers.type in [\"b\", \"c\"]";

    private final Lexer lexer;
    private final Regexps regexps = new Regexps();
    private Token next;
    private int depth;

    Parser(Lexer lexer) {
        this.lexer = lexer;
    }

    Condition parse() throws FilterSyntaxException {
        advance();
        Condition condition = any();
        if (next.type() != Token.Type.END) {
            throw expected("&&, || or the end", EXAMPLE);
        }
        return condition;
    }

    private Condition any() throws FilterSyntaxException {
        List<Condition> conditions = new ArrayList<>();
        do {
            conditions.add(all());
        } while (accept("||"));
        return conditions.size() == 1 ? conditions.get(0) : new Condition.Any(conditions);
    }

    private Condition all() throws FilterSyntaxException {
        List<Condition> conditions = new ArrayList<>();
        do {
            conditions.add(negation());
        } while (accept("&&"));
        return conditions.size() == 1 ? conditions.get(0) : new Condition.All(conditions);
    }

    private Condition negation() throws FilterSyntaxException {
        boolean negated = false;
        while (accept("!")) {
            negated = !negated;
        }
        Condition condition = primary();
        return negated ? new Condition.Not(condition) : condition;
    }

    private Condition primary() throws FilterSyntaxException {
        if (next.is("(")) {
            return inParentheses();
        }
        if (accept("true")) {
            return new Condition.Constant(Verdict.YES);
        }
        if (accept("false")) {
            return new Condition.Constant(Verdict.NO);
        }
        if (accept("has")) {
            return has();
        }
        return test();
    }

    private Condition inParentheses() throws FilterSyntaxException {
        if (++depth > MAX_DEPTH) {
            throw expected("at most %d nested parentheses".formatted(MAX_DEPTH), EXAMPLE);
        }
        require("(");
        Condition condition = any();
        require(")");
        depth--;
        return condition;
    }

    private Condition has() throws FilterSyntaxException {
        String example = "has(headers.type)";
        require("(");
        if (!accept("headers")) {
            throw expected("headers", example);
        }
        if (!accept(".")) {
            throw expected("a dot and a name", example + ", or \"trace-id\" in headers");
        }
        String name = name(example);
        require(")");
        return new Condition.HasHeader(name);
    }

    /** A term and what is asked of it. */
    private Condition test() throws FilterSyntaxException {
        Token begin = next;
        Term term = term();
        if (accept("in")) {
            return in(term, begin);
        }
        if (accept(".")) {
            return passes(term, begin);
        }
        Comparison comparison =
                next.type() == Token.Type.SYMBOL ? Comparison.of(next.text()) : null;
        if (comparison == null) {
            throw expected("== != < <= > >= in or a function such as .startsWith(...)", EXAMPLE);
        }
        return compare(term, comparison);
    }

    private Condition compare(Term left, Comparison comparison) throws FilterSyntaxException {
        Token operator = next;
        advance();
        Token begin = next;
        Term right = term();
        if (!left.kind().isComparableWith(right.kind())) {
            throw new FilterSyntaxException(
                    begin.position(),
                    "%s was expected, since the left side is, not %s"
                            .formatted(left.kind(), right.kind()),
                    example(left.kind()));
        }
        if (comparison.isOrder() && (left.kind() == Kind.NULL || right.kind() == Kind.NULL)) {
            throw new FilterSyntaxException(
                    operator.position(), "== or != was expected beside null", "key != null");
        }
        return new Condition.Compare(left, comparison, right);
    }

    private static String example(Kind kind) {
        return switch (kind) {
            case TEXT -> "key == \"42\", or int(key) == 42";
            case BYTES -> "key_bytes == b\"\\x00\\x2a\"";
            case NUMBER -> "int(headers.size) > 42";
            case NULL -> "key != null";
        };
    }

    private Condition in(Term term, Token begin) throws FilterSyntaxException {
        if (next.is("headers")) {
            advance();
            if (term instanceof Term.Literal name && name.kind() == Kind.TEXT) {
                return new Condition.HasHeader((String) name.value());
            }
            throw new FilterSyntaxException(
                    begin.position(), "a name in quotes was expected", "\"trace-id\" in headers");
        }
        String example = "key in [\"a\", \"b\"]";
        if (!accept("[")) {
            throw expected("[ or headers", example);
        }
        Set<Object> values = new LinkedHashSet<>();
        do {
            Token at = next;
            if (!(term() instanceof Term.Literal literal) || literal.kind() != term.kind()) {
                throw new FilterSyntaxException(
                        at.position(),
                        "a literal was expected that is %s as the left side".formatted(term.kind()),
                        example);
            }
            values.add(literal.value());
        } while (accept(","));
        require("]");
        return new Condition.OneOf(term, values);
    }

    private Condition passes(Term term, Token begin) throws FilterSyntaxException {
        Token function = next;
        String example = "key.startsWith(\"a\")";
        if (term.kind() != Kind.TEXT) {
            throw new FilterSyntaxException(
                    begin.position(), "text was expected before '.', not " + term.kind(), example);
        }
        if (!Set.of("startsWith", "endsWith", "contains", "matches").contains(function.text())) {
            throw expected("startsWith, endsWith, contains or matches", example);
        }
        advance();
        require("(");
        Token argument = next;
        if (argument.type() != Token.Type.TEXT) {
            throw expected("text in quotes", example);
        }
        advance();
        require(")");
        return new Condition.Passes(term, textTest(function.text(), argument));
    }

    private TextTest textTest(String function, Token argument) throws FilterSyntaxException {
        String text = (String) argument.value();
        return switch (function) {
            case "startsWith" -> new TextTest.StartsWith(text);
            case "endsWith" -> new TextTest.EndsWith(text);
            case "contains" -> new TextTest.Contains(text);
            default -> new TextTest.Matches(regexps.compile(text, argument.position()));
        };
    }

    private Term term() throws FilterSyntaxException {
        Token token = next;
        switch (token.type()) {
            case TEXT -> {
                advance();
                return new Term.Literal(Kind.TEXT, token.value());
            }
            case BYTES -> {
                advance();
                return new Term.Literal(Kind.BYTES, token.value());
            }
            case NUMBER -> {
                advance();
                return new Term.Literal(Kind.NUMBER, token.value());
            }
            default -> {
                return namedTerm();
            }
        }
    }

    private Term namedTerm() throws FilterSyntaxException {
        if (accept("-")) {
            Token number = next;
            if (number.type() != Token.Type.NUMBER) {
                throw expected("a number", example(Kind.NUMBER));
            }
            advance();
            return new Term.Literal(Kind.NUMBER, -(Long) number.value());
        }
        if (accept("key")) {
            return new Term.Key();
        }
        if (accept("key_bytes")) {
            return new Term.KeyBytes();
        }
        if (accept("null")) {
            return new Term.Literal(Kind.NULL, Subject.NULL);
        }
        if (accept("headers")) {
            return header();
        }
        if (accept("int")) {
            return number();
        }
        throw expected("key, key_bytes, headers, has, int, a literal, ! or (", EXAMPLE);
    }

    private Term header() throws FilterSyntaxException {
        String example = "headers.type == \"a\", or headers[\"trace-id\"] == \"a\"";
        if (accept(".")) {
            return new Term.HeaderValue(name(example));
        }
        if (!accept("[")) {
            throw expected("a dot and a name, or a name in [\"\"]", example);
        }
        Token name = next;
        if (name.type() != Token.Type.TEXT) {
            throw expected("a name in quotes", example);
        }
        advance();
        require("]");
        return new Term.HeaderValue((String) name.value());
    }

    private Term number() throws FilterSyntaxException {
        require("(");
        String example = example(Kind.NUMBER);
        Token token = next;
        if (!token.is("key") && !token.is("headers")) {
            throw expected("key or a header", example);
        }
        Term text = namedTerm();
        require(")");
        return new Term.Number(text);
    }

    private String name(String example) throws FilterSyntaxException {
        Token name = next;
        if (name.type() != Token.Type.NAME) {
            throw expected("a name", example);
        }
        advance();
        return name.text();
    }

    private void advance() throws FilterSyntaxException {
        next = lexer.next();
    }

    private boolean accept(String symbolOrName) throws FilterSyntaxException {
        if (next.is(symbolOrName)) {
            advance();
            return true;
        }
        return false;
    }

    private void require(String symbol) throws FilterSyntaxException {
        if (!accept(symbol)) {
            throw expected(symbol, EXAMPLE);
        }
    }

    private FilterSyntaxException expected(String what, String example) {
        return new FilterSyntaxException(
                next.position(), what + " was expected, found " + next.shown(), example);
    }
}
