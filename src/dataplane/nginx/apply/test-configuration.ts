/** Asks NGINX what it thinks of a configuration (`nginx -t`). */
import {join} from 'node:path'
import {mkdir} from 'node:fs/promises'
import {Failure} from '../../../diagnostics/failure.js'
import {run} from '../../../util/run-program.js'
import type {Clock} from '../../../util/clock.js'
import {exhausted, parseComplaint, type Complaint} from '../process/complaint.js'

/** Ten times what it takes for 10,000 Services, milliseconds. */
export const TEST_LIMIT = 60_000

/** What NGINX complains about in the configuration at `path`; undefined when it accepts it. */
export async function testConfiguration(
  binary: string,
  path: string,
  {signal, limit = TEST_LIMIT}: {readonly signal?: AbortSignal; readonly limit?: number} = {},
): Promise<Complaint | undefined> {
  const options = {timeout: limit, expendable: true, ...(signal && {signal})}
  const result = await run(binary, ['-t', '-c', path], options).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'command-timeout') return undefined
    throw error
  })
  if (!result) return exhausted(`nginx -t did not end within ${limit / 1000} s`)
  if (result.exitCode === 0) return undefined
  if (result.exitCode !== undefined) return parseComplaint(result.stderr)
  return exhausted(`nginx -t was ended by ${result.endedBy}`)
}

/**
 * What NGINX complains about in the generation that was written to `folder`; undefined when it accepts it. The generation
 * is to be rendered for that folder: NGINX opens its log there.
 */
export async function testGeneration(binary: string, folder: string): Promise<Complaint | undefined> {
  for (const name of ['run', 'logs']) await mkdir(join(folder, name), {recursive: true})
  return testConfiguration(binary, join(folder, 'nginx.conf'))
}

/** Milliseconds that a test may take at least when a culprit is looked for. */
const LEAST_LIMIT = 10_000

/**
 * Tests several configurations in turn: after one is accepted, each of the others may take four times as long. To look for
 * the one Service that takes too long would otherwise take a minute for each test that fails.
 */
export function impatient<T>(
  test: (files: T, limit: number) => Promise<Complaint | undefined>,
  clock: Pick<Clock, 'monotonic'>,
): (files: T) => Promise<Complaint | undefined> {
  let limit = TEST_LIMIT
  return async (files) => {
    const begun = clock.monotonic()
    const complaint = await test(files, limit)
    const took = clock.monotonic() - begun
    if (!complaint) limit = Math.min(TEST_LIMIT, Math.max(LEAST_LIMIT, 4 * took))
    return complaint
  }
}
