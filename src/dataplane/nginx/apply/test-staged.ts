/** Has NGINX test a generation in its own folder, and finds the files that it refuses. */
import type {ConfigFile} from '../../config-file.js'
import type {Observe} from '../../data-plane.js'
import {listenerId} from '../../../core/model/listener-key.js'
import {allEnded} from '../../../util/all-ended.js'
import type {Clock} from '../../../util/clock.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import type {Complaint} from '../process/complaint.js'
import {listenersOf, type Manifest} from '../store/manifest.js'
import {diskTrouble, type Tree} from '../store/tree.js'
import {findCulprits, type Court, type Culprit, type Suspects} from './culprits.js'
import {observeTest} from './observe.js'
import type {Selection} from './quarantine.js'
import {impatient, TEST_LIMIT, testConfiguration} from './test-configuration.js'

export type TestDeps = {
  readonly tree: Tree
  readonly binary: string
  readonly clock: Clock
  readonly observe?: Observe | undefined
}

/** A selection that NGINX refused, and what is known of NGINX. */
export type Refused = {
  readonly complaint: Complaint
  readonly selection: Selection
  /** What NGINX serves, or served last. */
  readonly current: Manifest | undefined
  /** The same, if NGINX serves it for certain. */
  readonly served: Manifest | undefined
}

/** What NGINX refuses although nothing on disk is damaged; undefined if it accepts the generation, which is then on disk. */
export async function testIntact(
  deps: TestDeps,
  generation: Generation,
  signal: AbortSignal,
): Promise<Complaint | undefined> {
  const complaint = await testStaged(deps, generation, signal)
  const repaired = complaint && (await deps.tree.repair(generation).catch(diskTrouble))
  return repaired ? testStaged(deps, generation, signal) : complaint
}

/** The files that are at fault, one at least. Rejects with a Failure if no Service is. */
export function findRefused(deps: TestDeps, refused: Refused, signal: AbortSignal): Promise<Culprit[]> {
  return findCulprits(refused.complaint, suspectsOf(refused), courtOf(deps, refused, signal))
}

/** `limit`: milliseconds that the test may take. */
async function testStaged(
  deps: TestDeps,
  generation: Generation,
  signal: AbortSignal,
  limit = TEST_LIMIT,
): Promise<Complaint | undefined> {
  const {tree, binary} = deps
  const path = await tree.stage(generation).catch(diskTrouble)
  const testing = observeTest(deps, () => testConfiguration(binary, path, {signal, limit}))
  const [complaint] = await allEnded([testing, tree.seal(generation).catch(diskTrouble)])
  return complaint
}

function suspectsOf({selection: {files, kept}, current}: Refused): Suspects {
  const known = new Set(current?.files.map(({path}) => path))
  const services = files.filter((file) => file.owners.length > 0 && !kept.includes(file))
  return {
    trusted: services.filter(({path}) => known.has(path)),
    changed: services.filter(({path}) => !known.has(path)),
    kept,
  }
}

function courtOf(deps: TestDeps, {complaint, selection, served}: Refused, signal: AbortSignal): Court {
  const main = selection.files.filter(({owners}) => owners.length === 0)
  const owned = new Set((served ? listenersOf(served) : []).map(listenerId))
  const test = (some: readonly ConfigFile[], limit: number): Promise<Complaint | undefined> =>
    testStaged(deps, assembleGeneration([...main, ...some]), signal, limit)
  return {
    judge: complaint.exhausted ? impatient(test, deps.clock) : (some) => test(some, TEST_LIMIT),
    holds: (key) => owned.has(listenerId(key)),
  }
}
