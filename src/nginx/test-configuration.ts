/** Asks NGINX what it thinks of a configuration (`nginx -t`). */
import {join} from 'node:path'
import {mkdir} from 'node:fs/promises'
import {Failure} from '../diagnostics/failure.js'
import {run} from '../exec/run.js'
import {parseComplaint, type Complaint} from './complaint.js'

/** Ten times what it takes for 10,000 Services, milliseconds. */
const LIMIT = 60_000

/** Undefined when NGINX accepts the configuration at `path`. Rejects with a temporary Failure when it gives no verdict. */
export async function testConfiguration(
  binary: string,
  path: string,
  signal?: AbortSignal,
): Promise<Complaint | undefined> {
  const options = {timeout: LIMIT, ...(signal && {signal})}
  const {exitCode, endedBy, stderr} = await run(binary, ['-t', '-c', path], options)
  if (exitCode === 0) return undefined
  if (exitCode !== undefined) return parseComplaint(stderr)
  throw new Failure(`nginx -t was ended by ${endedBy}`, {
    code: 'nginx-environment',
    hint: 'is there enough memory?',
    temporary: true,
  })
}

/**
 * What NGINX complains about in the generation that was written to `folder`; undefined when it accepts it. The generation
 * is to be rendered for that folder: NGINX opens its log there.
 */
export async function testGeneration(binary: string, folder: string): Promise<Complaint | undefined> {
  for (const name of ['run', 'logs']) await mkdir(join(folder, name), {recursive: true})
  return testConfiguration(binary, join(folder, 'nginx.conf'))
}
