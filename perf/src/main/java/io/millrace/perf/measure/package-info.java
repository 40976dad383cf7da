/** What is measured, what is verified, and how both are told. Nothing here talks to a broker. */
package io.millrace.perf.measure;
