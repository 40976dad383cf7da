/**
 * What a load generator needs of a client: the same few calls for every system that is compared.
 */
package io.millrace.perf.driver;
