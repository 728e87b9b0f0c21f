/** What the clients of the demo ask for: every listen port of examples/, which a test compares. */
import {askTcp, askUdp} from './clients.js'

export const PORTS = {ntp: 10_123, http: 18_080, https: 18_443, queue: 15_672}

export const ASKED: Readonly<Record<string, () => Promise<string>>> = {
  [`${PORTS.ntp}/UDP  default/cluster-local-ntp`]: () => askUdp(PORTS.ntp),
  [`${PORTS.http}/TCP  default/my-nginx http`]: () => askTcp(PORTS.http),
  [`${PORTS.https}/TCP  default/my-nginx https`]: () => askTcp(PORTS.https),
  [`${PORTS.queue}/TCP  default/queue`]: () => askTcp(PORTS.queue),
}
