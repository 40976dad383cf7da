package io.millrace.broker.filter;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Cuts an expression into its words. For one pass. */
final class Lexer {

    /** The longer ones first. */
    private static final List<String> SYMBOLS =
            List.of(
                    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".",
                    "-");

    private static final String EXAMPLE = "key == \"a\"";

    private final String text;
    private int at;

    Lexer(String text) {
        this.text = text;
    }

    Token next() throws FilterSyntaxException {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        int start = at;
        if (at == text.length()) {
            return new Token(Token.Type.END, "", null, at);
        }
        char c = text.charAt(at);
        if (isQuote(c)) {
            return literal(start, false, false);
        }
        if ((c == 'r' || c == 'b') && at + 1 < text.length() && isQuote(text.charAt(at + 1))) {
            at++;
            return literal(start, c == 'r', c == 'b');
        }
        if (isLetter(c)) {
            skipWhileInName();
            return token(Token.Type.NAME, start, null);
        }
        if (isDigit(c)) {
            return number(start);
        }
        for (String symbol : SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                at += symbol.length();
                return new Token(Token.Type.SYMBOL, symbol, null, start);
            }
        }
        throw new FilterSyntaxException(
                start, "a name, a literal or an operator was expected, found '" + c + "'", EXAMPLE);
    }

    private Token token(Token.Type type, int start, Object value) {
        return new Token(type, text.substring(start, at), value, start);
    }

    private Token number(int start) throws FilterSyntaxException {
        skipWhileInName();
        try {
            return token(Token.Type.NUMBER, start, Long.valueOf(text.substring(start, at)));
        } catch (NumberFormatException e) {
            throw new FilterSyntaxException(
                    start, "a whole number of at most 64 bits was expected", "int(key) > 42");
        }
    }

    private void skipWhileInName() {
        while (at < text.length() && (isLetter(text.charAt(at)) || isDigit(text.charAt(at)))) {
            at++;
        }
    }

    private Token literal(int start, boolean raw, boolean bytes) throws FilterSyntaxException {
        char quote = text.charAt(at++);
        StringBuilder chars = new StringBuilder();
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        while (true) {
            if (at == text.length()) {
                throw new FilterSyntaxException(
                        at, "the text that begins with " + quote + " has no end", EXAMPLE);
            }
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c == quote) {
                break;
            }
            boolean octet = false;
            if (c == '\\' && !raw) {
                octet = at < text.length() && text.charAt(at) == 'x';
                c = escaped();
            }
            if (bytes && octet) {
                octets.write(c);
            } else if (bytes) {
                octets.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            } else {
                chars.appendCodePoint(c);
            }
        }
        return bytes
                ? token(Token.Type.BYTES, start, ByteBuffer.wrap(octets.toByteArray()))
                : token(Token.Type.TEXT, start, chars.toString());
    }

    /** What the characters after a backslash stand for. */
    private int escaped() throws FilterSyntaxException {
        int start = at - 1;
        char c = at < text.length() ? text.charAt(at++) : ' ';
        return switch (c) {
            case '\\', '"', '\'' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x' -> hex(start, 2);
            case 'u' -> hex(start, 4);
            default ->
                    throw new FilterSyntaxException(
                            start,
                            "after a backslash one of \\ \" ' n r t x u was expected",
                            "key.matches(r\"^\\d+$\"), where r takes backslashes as they are");
        };
    }

    private int hex(int start, int digits) throws FilterSyntaxException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at++), 16) : -1;
            if (digit < 0) {
                throw new FilterSyntaxException(
                        start, digits + " hexadecimal digits were expected", "\"\\u00e4\"");
            }
            value = value * 16 + digit;
        }
        if (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE) {
            throw new FilterSyntaxException(
                    start, "half of a surrogate pair is no character", "\"\\u00e4\"");
        }
        return value;
    }

    private static boolean isQuote(char c) {
        return c == '"' || c == '\'';
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
