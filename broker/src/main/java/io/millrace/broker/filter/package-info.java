/**
 * Filter expressions of subscribers: {@link io.millrace.broker.filter.RecordFilter} tells which
 * records a subscriber wants by key and headers. The language is docs/reference/filter.md, a part
 * of CEL with its meaning.
 *
 * <p>Pure. Whatever the text is, parsing ends with a filter or a {@link
 * io.millrace.broker.filter.FilterSyntaxException}; whatever the record is, testing ends with yes
 * or no, after a time that is bounded by the size of text and record.
 */
package io.millrace.broker.filter;
