/** `render --validate`: tests the configuration with the real NGINX, in a temporary folder. */
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Generation} from '../../dataplane/nginx/config/generation.js'
import {describeObject, diagnose, type Diagnostic, type ObjectRef} from '../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {LoadBalancer, Owner} from '../../core/model/load-balancer.js'
import type {Refusal} from '../../dataplane/nginx/process/refusal.js'
import {testGeneration} from '../../dataplane/nginx/apply/test-configuration.js'
import {writeOutputFolder} from './output-folder.js'
import {standInCertificate} from './stand-in-certificate.js'

export type ValidationInput = {readonly loadBalancer: LoadBalancer; readonly generation: Generation}

/**
 * `nginx-refused` for the Service whose file NGINX rejects; undefined if it accepts the configuration. `generationFor` renders
 * for a folder. Rejects with a Failure if no Service is the cause.
 */
export async function validate(
  binary: string,
  generationFor: (folder: string) => ValidationInput,
): Promise<Diagnostic | undefined> {
  const folder = await temporaryFolder()
  try {
    const input = generationFor(folder)
    await writeOutputFolder(folder, input.generation.files)
    await writeSecrets(folder, input.generation.files)
    const refusal = await testGeneration(binary, folder)
    return refusal && diagnoseRefusal(refusal, input)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** Certificates, in the temporary folder of this user. One that is not known is replaced by a stand-in. */
async function writeSecrets(folder: string, files: Generation['files']): Promise<void> {
  const secrets = files.flatMap(({secrets: own = []}) => own)
  if (secrets.length === 0) return
  await mkdir(join(folder, 'tls'), {mode: 0o700})
  for (const {path, pem} of new Map(secrets.map((secret) => [secret.path, secret])).values())
    await writeFile(join(folder, path), pem?.reveal() ?? standInCertificate(), {mode: 0o600})
}

/** Rejects with a Failure. */
async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'lbex-validate-'))
  } catch (cause) {
    throw new Failure(`cannot create a folder in ${tmpdir()}: ${messageOf(cause)}`, {
      code: 'temporary-folder',
      hint: 'set TMPDIR to another folder for temporary files',
      cause,
    })
  }
}

function diagnoseRefusal(
  {message, file, exhausted}: Refusal,
  {loadBalancer, generation}: ValidationInput,
): Diagnostic {
  const [subject, ...others] = ownersOf(
    generation.files.find(({path}) => path === file)?.owners,
    loadBalancer,
  )
  const related = others.map(({ref}) => ({message: 'shares the listener', object: ref}))
  if (subject) return diagnose('nginx-refused', {subject, args: {problem: message, kept: false}, related})
  if (exhausted)
    throw new Failure(message, {
      code: 'nginx-environment',
      hint: 'check whether the host has enough memory',
      temporary: true,
    })
  throw new Failure(`NGINX rejects the configuration: ${message}`, {
    code: 'nginx-refused',
    hint: 'the cause is the host or nginx.conf as a whole, not one Service',
  })
}

/** The owners with their place in the input, which the files do not have. */
function ownersOf(refs: readonly ObjectRef[] = [], {services, shared}: LoadBalancer): Owner[] {
  const wanted = new Set(refs.map(describeObject))
  const known = [...services, ...shared.flatMap(({owners}) => owners)]
  const byName = new Map(known.map((owner) => [describeObject(owner.ref), owner]))
  return [...byName].filter(([name]) => wanted.has(name)).map(([, owner]) => owner)
}
