/** The public contract apart from the generated messages: error codes and names. */
package io.millrace.protocol;
