/** How the broker writes its log: text or JSON lines on stderr. */
package io.millrace.broker.logging;
