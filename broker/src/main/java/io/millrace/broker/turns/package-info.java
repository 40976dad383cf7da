/** Work that is done by one thread at a time, in turns on threads that are shared. */
package io.millrace.broker.turns;
