import type {ListenerKey} from '../config/listener-key.js'
import {layoutOf} from '../nginx/layout.js'
import {findOurProcesses} from '../nginx/our-processes.js'
import {readLiveGeneration} from '../nginx/tree.js'

/** What our own NGINX listens on now, where it runs; `directory` is one that may be the folder of NGINX. */
export async function servedListeners(directory: string, binary: string): Promise<ListenerKey[]> {
  const live = await readLiveGeneration(directory).catch(() => undefined)
  if (!live) return []
  const {masters} = findOurProcesses(layoutOf(directory), binary)
  return masters.length > 0 ? live.files.flatMap(({listeners}) => listeners) : []
}
