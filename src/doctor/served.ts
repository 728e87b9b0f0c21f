/** The listeners and capabilities of our running NGINX. */
import type {ListenerKey} from '../core/model/listener-key.js'
import {capabilitiesOf, type Capability} from '../dataplane/nginx/host/linux-capabilities.js'
import {layoutOf} from '../dataplane/nginx/store/layout.js'
import {findOurProcesses} from '../dataplane/nginx/process/our-processes.js'
import {readLiveGeneration} from '../dataplane/nginx/store/tree-reader.js'

export type Served = {
  readonly listeners: readonly ListenerKey[]
  /** Absent if no NGINX runs, or if its capabilities cannot be read. */
  readonly nginx?: {readonly pid: number; readonly capabilities: ReadonlySet<Capability>}
}

/** `directory`: the folder of NGINX, which may not exist. */
export async function readServed(directory: string, binary: string): Promise<Served> {
  const live = await readLiveGeneration(directory).catch(() => undefined)
  const [master] = live ? findOurProcesses(layoutOf(directory), binary).masters : []
  if (!live || !master) return {listeners: []}
  const capabilities = await capabilitiesOf(master.pid).catch(() => undefined)
  return {
    listeners: live.files.flatMap(({listeners}) => listeners),
    ...(capabilities && {nginx: {pid: master.pid, capabilities}}),
  }
}
