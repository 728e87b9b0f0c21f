/** Runs NGINX's configtest (`nginx -t`). */
import {join} from 'node:path'
import {mkdir} from 'node:fs/promises'
import {Failure} from '../../../diagnostics/failure.js'
import {run} from '../../../util/run-program.js'
import type {Clock} from '../../../util/clock.js'
import {exhausted, parseRefusal, type Refusal} from '../process/refusal.js'

/** Ten times what a configtest of 10,000 Services takes, milliseconds. */
export const TEST_LIMIT = 60_000

/** Why NGINX rejects the configuration at `path`; undefined if it accepts it. */
export async function testConfiguration(
  binary: string,
  path: string,
  {signal, limit = TEST_LIMIT}: {readonly signal?: AbortSignal; readonly limit?: number} = {},
): Promise<Refusal | undefined> {
  const options = {timeout: limit, expendable: true, ...(signal && {signal})}
  const result = await run(binary, ['-t', '-c', path], options).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'command-timeout') return undefined
    throw error
  })
  if (!result) return exhausted(`nginx -t did not end within ${limit / 1000} s`)
  if (result.exitCode === 0) return undefined
  if (result.exitCode !== undefined) return parseRefusal(result.stderr)
  return exhausted(`nginx -t was ended by ${result.endedBy}`)
}

/**
 * Why NGINX rejects the generation that was written to `folder`; undefined if it accepts it. The generation has to be rendered
 * for that folder, because NGINX opens its log there.
 */
export async function testGeneration(binary: string, folder: string): Promise<Refusal | undefined> {
  for (const name of ['run', 'logs', 'live']) await mkdir(join(folder, name), {recursive: true})
  return testConfiguration(binary, join(folder, 'nginx.conf'))
}

/** The lowest limit of a configtest in a search for refused files, milliseconds. */
const LEAST_LIMIT = 10_000

/**
 * Lowers the time limit for a series of configtests: once a configuration is accepted, the next ones may take four times as long
 * as that one. Without this, the search for a Service that takes too long to test would cost a minute for each failed test.
 */
export function withAdaptiveLimit<T>(
  test: (files: T, limit: number) => Promise<Refusal | undefined>,
  clock: Pick<Clock, 'monotonic'>,
): (files: T) => Promise<Refusal | undefined> {
  let limit = TEST_LIMIT
  return async (files) => {
    const begun = clock.monotonic()
    const refusal = await test(files, limit)
    const took = clock.monotonic() - begun
    if (!refusal) limit = Math.min(TEST_LIMIT, Math.max(LEAST_LIMIT, 4 * took))
    return refusal
  }
}
