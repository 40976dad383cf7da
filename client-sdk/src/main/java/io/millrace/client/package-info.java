/** The Java SDK: publishers, subscribers and the admin client. */
package io.millrace.client;
