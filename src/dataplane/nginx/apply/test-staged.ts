/** Runs the configtest of a generation in its own folder, and finds the files that NGINX rejects. */
import type {NginxFile} from '../../nginx-file.js'
import type {Observe} from '../../data-plane.js'
import {listenerId} from '../../../core/model/listener-key.js'
import {allEnded} from '../../../util/concurrency.js'
import type {Clock} from '../../../util/clock.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import type {Refusal} from '../process/refusal.js'
import {listenersOf, type GenerationIndex} from '../store/generation-index.js'
import {diskFailure} from '../store/disk-failure.js'
import type {Tree} from '../store/tree.js'
import {findRefusedFiles, type Tester, type RefusedFile, type Suspects} from './find-refused-files.js'
import {observeTest} from './observe.js'
import type {Selection} from './quarantine.js'
import {withAdaptiveLimit, TEST_LIMIT, testConfiguration} from './test-configuration.js'

export type TestDeps = {
  readonly tree: Tree
  readonly binary: string
  readonly clock: Clock
  readonly observe?: Observe | undefined
}

/** A selection that NGINX rejected, and what is known of NGINX. */
export type RefusedSelection = {
  readonly refusal: Refusal
  readonly selection: Selection
  /** What NGINX serves, or served last. */
  readonly current: GenerationIndex | undefined
  /** The same, if NGINX certainly serves it. */
  readonly served: GenerationIndex | undefined
}

/**
 * Why NGINX rejects the generation although nothing on disk is damaged; undefined if it accepts the generation, which is then
 * on disk.
 */
export async function testIntact(
  deps: TestDeps,
  generation: Generation,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const refusal = await testStaged(deps, generation, signal)
  const repaired = refusal && (await deps.tree.repair(generation).catch(diskFailure))
  return repaired ? testStaged(deps, generation, signal) : refusal
}

/** The files that NGINX rejects, at least one. Rejects with a Failure if no Service is the cause. */
export function refusedFilesOf(
  deps: TestDeps,
  refused: RefusedSelection,
  signal: AbortSignal,
): Promise<RefusedFile[]> {
  return findRefusedFiles(refused.refusal, suspectsOf(refused), testerFor(deps, refused, signal))
}

/** `limit`: milliseconds that the configtest may take. */
async function testStaged(
  deps: TestDeps,
  generation: Generation,
  signal: AbortSignal,
  limit = TEST_LIMIT,
): Promise<Refusal | undefined> {
  const {tree, binary} = deps
  const path = await tree.stage(generation).catch(diskFailure)
  const testing = observeTest(deps, () => testConfiguration(binary, path, {signal, limit}))
  const [refusal] = await allEnded([testing, tree.seal(generation).catch(diskFailure)])
  return refusal
}

function suspectsOf({selection: {files, kept}, current}: RefusedSelection): Suspects {
  const known = new Set(current?.files.map(({path}) => path))
  const services = files.filter((file) => file.owners.length > 0 && !kept.includes(file))
  return {
    trusted: services.filter(({path}) => known.has(path)),
    changed: services.filter(({path}) => !known.has(path)),
    kept,
  }
}

function testerFor(
  deps: TestDeps,
  {refusal, selection, served}: RefusedSelection,
  signal: AbortSignal,
): Tester {
  const main = selection.files.filter(({owners}) => owners.length === 0)
  const owned = new Set((served ? listenersOf(served) : []).map(listenerId))
  const test = (some: readonly NginxFile[], limit: number): Promise<Refusal | undefined> =>
    testStaged(deps, assembleGeneration([...main, ...some]), signal, limit)
  return {
    test: refusal.exhausted ? withAdaptiveLimit(test, deps.clock) : (some) => test(some, TEST_LIMIT),
    holds: (key) => owned.has(listenerId(key)),
  }
}
