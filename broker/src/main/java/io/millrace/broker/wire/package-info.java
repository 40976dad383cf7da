/** How commands and states are written as bytes: big-endian, lengths before contents. */
package io.millrace.broker.wire;
