/** How the generated messages come out of gRPC where its own way copies too often. */
package io.millrace.protocol.message;
