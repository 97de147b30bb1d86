/**
 * The administrator's port: health, metrics, and the REST interface to the quotas. Knows the quota
 * service only over the bus.
 */
@NullMarked
package io.tollgate.admin;

import org.jspecify.annotations.NullMarked;
