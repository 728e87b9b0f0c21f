/** `render --validate`: the real NGINX judges the configuration, in a temporary folder. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Generation} from '../../dataplane/nginx/config/generation.js'
import {describeObject, diagnose, type Diagnostic, type ObjectRef} from '../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {LoadBalancer, Owner} from '../../core/model/load-balancer.js'
import type {Refusal} from '../../dataplane/nginx/process/refusal.js'
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
    const refusal = await testGeneration(binary, folder)
    return refusal && blame(refusal, judged)
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

function blame({message, file, exhausted}: Refusal, {loadBalancer, generation}: Judged): Diagnostic {
  const [subject, ...others] = ownersOf(
    generation.files.find(({path}) => path === file)?.owners,
    loadBalancer,
  )
  const related = others.map(({ref}) => ({message: 'shares the listener', object: ref}))
  if (subject) return diagnose('nginx-refused', {subject, args: {problem: message, kept: false}, related})
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

/** With the place of each, which the files do not know. */
function ownersOf(refs: readonly ObjectRef[] = [], {services, shared}: LoadBalancer): Owner[] {
  const wanted = new Set(refs.map(describeObject))
  const known = [...services, ...shared.flatMap(({owners}) => owners)]
  const byName = new Map(known.map((owner) => [describeObject(owner.ref), owner]))
  return [...byName].filter(([name]) => wanted.has(name)).map(([, owner]) => owner)
}
