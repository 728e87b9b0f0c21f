/** Takes over an NGINX that an earlier lbex left running, and finishes the apply during which that lbex was killed. */
import {messageOf} from '../../../diagnostics/failure.js'
import type {GenerationIndex} from '../store/generation-index.js'
import {confirm, type ConfirmDeps} from './confirm.js'
import {NO_SERVERS_CHANGED, NOTHING_SERVED, type Serving} from './serving.js'

/** What is served now; `state` is `none` if there is no such NGINX. Rejects with an error of the file system. */
export async function adopt(deps: ConfirmDeps, signal: AbortSignal): Promise<Serving> {
  const {tree, master, log} = deps
  const served = await master.adopt(signal)
  const id = await tree.current()
  const current = id === undefined ? undefined : await tree.readIndex(id)
  const isOurs = served !== undefined || master.hasOrphans()
  const found: Serving = {
    ...NOTHING_SERVED,
    state: isOurs ? 'uncertain' : 'none',
    current,
    lastGood: current,
  }
  if (served === undefined) return found
  const serving = current ? await confirmCurrent(deps, {found, current, served}, signal) : found
  const generation = serving.state === 'confirmed' && master.running ? serving.current?.id : undefined
  await deps.live?.adopt()
  log.info('NGINX adopted', {pid: master.running?.pid, generation})
  return {...serving, lastGoodServers: deps.live?.currentEntries ?? NO_SERVERS_CHANGED}
}

type AdoptedGeneration = {readonly found: Serving; readonly current: GenerationIndex; readonly served: string}

/** An earlier lbex may have been killed between the switch and the reload, or during it. */
async function confirmCurrent(
  deps: ConfirmDeps,
  {found, current, served}: AdoptedGeneration,
  signal: AbortSignal,
): Promise<Serving> {
  if (served === current.id) return {...found, state: 'confirmed'}
  const {tree, log} = deps
  try {
    await deps.live?.beforeLoad()
    const options = {reason: 'interrupted', uncertain: true} as const
    const {refusal} = await confirm(deps, current.id, options, signal)
    if (!refusal) return {...found, state: 'confirmed'}
    const earlier = await tree.readIndex(served)
    if (!earlier) return found
    await tree.switchTo(served)
    return {...found, state: 'confirmed', current: earlier}
  } catch (error) {
    log.warn('cannot determine which configuration NGINX serves', {error: messageOf(error)})
    return found
  }
}
