package io.millrace.broker.config;

/** A setting is unknown, or its value is not allowed. The message is for a person. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String key;

    /**
     * @param key the setting's name as it was given; empty if it is not about one setting
     * @param message names the setting, the limit and the way out
     */
    public ConfigException(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The setting's name as it was given; empty if it is not about one setting. */
    public String key() {
        return key;
    }
}
