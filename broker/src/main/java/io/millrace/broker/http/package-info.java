/** The broker's HTTP port: metrics and health. */
package io.millrace.broker.http;
