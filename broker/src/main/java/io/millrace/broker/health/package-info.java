/** Whether the broker lives and whether it is ready to serve. */
package io.millrace.broker.health;
