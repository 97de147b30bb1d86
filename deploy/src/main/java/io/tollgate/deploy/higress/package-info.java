/**
 * Takes over configurations of Higress: reads its plugin resources, plain plugin configurations,
 * routes and Ingresses, and writes a configuration of Tollgate with a note for each thing that is
 * not the same.
 */
@NullMarked
package io.tollgate.deploy.higress;

import org.jspecify.annotations.NullMarked;
