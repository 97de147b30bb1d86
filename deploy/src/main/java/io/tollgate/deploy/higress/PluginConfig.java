package io.tollgate.deploy.higress;

/**
 * A plugin's configuration for one scope.
 *
 * @param enabled whether it does anything there; one that is not hides the default
 */
record PluginConfig(Plugin plugin, Scope scope, Source config, boolean enabled) {}
