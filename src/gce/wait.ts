/** Waits until every host serves, by asking again and again: gcloud's own wait-until shows nothing of the single hosts. */
import {Failure} from '../diagnostics/failure.js'
import type {Gcloud} from './gcloud.js'
import {groupState, progressText, type GroupState} from './group-state.js'
import {namesOf, type Target} from './target.js'
import {inRegion} from './thing.js'
import {group} from './resources/group.js'

export type WaitOptions = {
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds between two looks. */
  readonly every: number
  readonly onProgress: (words: string) => void
}

/** Undefined when there is no group. */
export async function readGroup(gcloud: Gcloud, target: Target): Promise<GroupState | undefined> {
  const name = namesOf(target).group
  const [found, instances] = await Promise.all([
    gcloud.read(group(target).read),
    gcloud.read({
      args: ['compute', 'instance-groups', 'managed', 'list-instances', name, ...inRegion(target)],
      name,
    }),
  ])
  return found === undefined ? undefined : groupState(found, instances)
}

export async function waitUntilStable(gcloud: Gcloud, target: Target, options: WaitOptions): Promise<void> {
  const {clock, signal} = gcloud
  const end = clock.monotonic() + options.timeout
  for (;;) {
    const state = await readGroup(gcloud, target)
    if (state?.stable) return
    const words = state ? progressText(state) : 'the group is not there'
    options.onProgress(words)
    if (clock.monotonic() >= end) throw notStable(target, options.timeout, words)
    await clock.delay(options.every, signal)
    signal.throwIfAborted()
  }
}

function notStable(target: Target, timeout: number, words: string): Failure {
  return new Failure(`group ${namesOf(target).group} is not stable after ${timeout / 1000} s: ${words}`, {
    code: 'group-not-stable',
    hint: 'lbex gce status shows its errors; the log of a host: gcloud compute instances get-serial-port-output HOST',
  })
}
