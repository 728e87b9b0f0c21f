/** `render --validate`: the real NGINX judges the configuration, in a temporary folder. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Generation} from '../../dataplane/nginx/config/generation.js'
import {describeObject, diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import type {Complaint} from '../../dataplane/nginx/process/complaint.js'
import {testGeneration} from '../../dataplane/nginx/apply/test-configuration.js'
import {writeOutputFolder} from './output-folder.js'

export type Judged = {readonly loadBalancer: LoadBalancer; readonly generation: Generation}

/**
 * `nginx-refused` for the Service whose file NGINX does not accept; undefined when it accepts everything. `generationFor`
 * renders for a folder. Rejects with a Failure where no Service is at fault.
 */
export async function validate(
  binary: string,
  generationFor: (folder: string) => Judged,
): Promise<Diagnostic | undefined> {
  const folder = await temporaryFolder()
  try {
    const judged = generationFor(folder)
    await writeOutputFolder(folder, judged.generation.files)
    const complaint = await testGeneration(binary, folder)
    return complaint && blame(complaint, judged)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** Rejects with a Failure. */
async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'lbex-validate-'))
  } catch (cause) {
    throw new Failure(`cannot make a folder in ${tmpdir()}: ${messageOf(cause)}`, {
      code: 'temporary-folder',
      hint: 'TMPDIR names another place for temporary files',
      cause,
    })
  }
}

function blame({message, file, exhausted}: Complaint, {loadBalancer, generation}: Judged): Diagnostic {
  const owner = generation.files.find(({path}) => path === file)?.owner
  const service =
    owner && loadBalancer.services.find(({ref}) => describeObject(ref) === describeObject(owner))
  if (service) return diagnose('nginx-refused', {subject: service, args: {problem: message, kept: false}})
  if (exhausted)
    throw new Failure(message, {
      code: 'nginx-environment',
      hint: 'is there enough memory?',
      temporary: true,
    })
  throw new Failure(`NGINX refuses the configuration: ${message}`, {
    code: 'nginx-refused',
    hint: 'this is about the host or nginx.conf as a whole, not about one Service',
  })
}
