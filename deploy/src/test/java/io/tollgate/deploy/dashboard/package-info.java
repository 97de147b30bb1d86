/** Checks that every query of the dashboard and of the alerts asks for what a node exposes. */
@NullMarked
package io.tollgate.deploy.dashboard;

import org.jspecify.annotations.NullMarked;
