/** What a read is to have seen before it is answered, and how it waits for that. */
package io.millrace.broker.reading;
