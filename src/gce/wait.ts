/** Polls a group until every host is healthy: gcloud's own wait-until does not show the state of single hosts. */
import {Failure} from '../diagnostics/failure.js'
import type {Gcloud} from './gcloud.js'
import {groupState, progressText, type GroupState} from './group-state.js'
import {namesOf, type GroupTarget} from './target.js'
import {inRegion} from './resource.js'
import {group} from './resources/group.js'

export type WaitOptions = {
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds between two polls. */
  readonly every: number
  readonly onProgress: (words: string) => void
}

/** Undefined if the group does not exist. */
export async function readGroup(gcloud: Gcloud, target: GroupTarget): Promise<GroupState | undefined> {
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

export async function waitUntilStable(
  gcloud: Gcloud,
  target: GroupTarget,
  options: WaitOptions,
): Promise<void> {
  const {clock, signal} = gcloud
  const end = clock.monotonic() + options.timeout
  for (;;) {
    const state = await readGroup(gcloud, target)
    if (state?.stable) return
    const words = state ? progressText(state) : 'the group does not exist'
    options.onProgress(words)
    if (clock.monotonic() >= end) throw notStable(target, options.timeout, words)
    await clock.delay(options.every, signal)
    signal.throwIfAborted()
  }
}

function notStable(target: GroupTarget, timeout: number, words: string): Failure {
  return new Failure(`group ${namesOf(target).group} is not stable after ${timeout / 1000} s: ${words}`, {
    code: 'group-not-stable',
    hint: 'lbex gce status shows its errors; gcloud compute instances get-serial-port-output HOST shows the log of a host',
  })
}
