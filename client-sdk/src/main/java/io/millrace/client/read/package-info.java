/** What reads are to have seen, and where they are made. */
package io.millrace.client.read;
