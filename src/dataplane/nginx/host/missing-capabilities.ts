/** Compares the capabilities of lbex with those of the NGINX that runs: an adopted NGINX has those of the lbex that started it. */
import {capabilitiesOf, type Capability} from './linux-capabilities.js'

/**
 * The capabilities that this process has and NGINX lacks, except CAP_NET_ADMIN, which only lbex uses. Empty if NGINX is gone, or hides
 * them.
 */
export async function capabilitiesMissingIn(pid: number): Promise<Capability[]> {
  try {
    const [own, theirs] = await Promise.all([capabilitiesOf('self'), capabilitiesOf(pid)])
    return [...own].filter((capability) => capability !== 'CAP_NET_ADMIN' && !theirs.has(capability))
  } catch {
    return []
  }
}
