/** The capabilities that count are those of the NGINX that runs: an adopted one has those of the lbex that started it. */
import {capabilitiesOf, type Capability} from './linux-capabilities.js'

/** Those that this process has and NGINX lacks. None if NGINX has gone, or does not show them. */
export async function capabilitiesLackedBy(pid: number): Promise<Capability[]> {
  try {
    const [own, theirs] = await Promise.all([capabilitiesOf('self'), capabilitiesOf(pid)])
    return [...own].filter((capability) => !theirs.has(capability))
  } catch {
    return []
  }
}
