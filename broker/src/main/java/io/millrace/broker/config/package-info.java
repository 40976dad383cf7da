/**
 * Settings: of the broker, read from one YAML file, the environment and the command line, and of
 * topics. Each is a {@link io.millrace.broker.config.ConfigKey}; the reference pages are generated
 * from them.
 */
package io.millrace.broker.config;
