/** Collects the files of a bundle. What cannot be read is missing: a bundle of an lbex that does not run helps too. */
import {open, readFile} from 'node:fs/promises'
import {release, version as kernelVersion} from 'node:os'
import {askDebugState, askMetrics, askState} from '../../cli/run/ask-lbex.js'
import {discoverOptions} from '../../cli/run/host.js'
import {nginxDirectory} from '../../cli/run/nginx-directory.js'
import {packageVersion} from '../../cli/run/package.js'
import {discoverNginx} from '../../dataplane/nginx/host/discover-nginx.js'
import {layoutOf} from '../../dataplane/nginx/store/layout.js'
import {readLiveGeneration} from '../../dataplane/nginx/store/tree-reader.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {Finding} from '../../diagnostics/finding.js'
import {run} from '../../util/run-program.js'
import {doctorFindings, type DoctorFlags} from '../command/doctor.js'
import {doctorText} from '../command/doctor-report.js'
import type {BundleFile} from './archive.js'
import {bundledState} from './bundled-state.js'
import {safeLines} from './error-log-lines.js'

export type CollectOptions = {
  /** Lines of NGINX's error log. */
  readonly logLines: number
}

export type Collected = {
  readonly files: readonly BundleFile[]
  readonly missing: readonly MissingPart[]
}

/** A part that could not be read. */
export type MissingPart = {
  readonly name: string
  /** For the terminal; it may quote other programs. */
  readonly reason: string
  /** For the bundle: a code. */
  readonly code: string
}

type Part = {readonly name: string; readonly read: () => Promise<readonly BundleFile[]>}

/** Bytes of the end of the error log that are read. */
const END_OF_LOG = 4 * 1024 * 1024
/** Milliseconds. */
const TO_ASK_NGINX = 10_000

/** Never rejects. */
export async function collect(flags: DoctorFlags, {logLines}: CollectOptions): Promise<Collected> {
  const directory = nginxDirectory(flags['nginx-dir'])
  const parts: readonly Part[] = [
    one('versions.txt', () => versions(flags)),
    one('state.json', async () => json(bundledState(await askState(directory)))),
    one('debug-state.json', async () => json(await askDebugState(directory))),
    one('metrics.txt', () => askMetrics(directory)),
    {name: 'nginx', read: () => configuration(directory)},
    one('nginx-error.log', () => errorLog(layoutOf(directory).errorLog, logLines)),
    one('doctor.txt', async () => doctorPart(await doctorFindings(flags))),
  ]
  const files: BundleFile[] = []
  const missing: MissingPart[] = []
  for (const part of parts) {
    try {
      files.push(...(await part.read()))
    } catch (error) {
      missing.push({name: part.name, reason: messageOf(error), code: codeOf(error)})
    }
  }
  return {files: [...files, ...missingFile(missing)], missing}
}

function one(name: string, read: () => Promise<string>): Part {
  return {name, read: async () => [{name, content: await read()}]}
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function codeOf(error: unknown): string {
  if (error instanceof Failure) return error.code
  return (error as NodeJS.ErrnoException).code ?? 'unexpected'
}

function missingFile(missing: readonly MissingPart[]): BundleFile[] {
  if (missing.length === 0) return []
  return [{name: 'missing.txt', content: missing.map(({name, code}) => `${name}: ${code}\n`).join('')}]
}

async function versions(flags: DoctorFlags): Promise<string> {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(system)?.[1]
  return [
    `lbex ${packageVersion()}`,
    `Node.js ${process.version} ${process.platform}-${process.arch}`,
    `kernel ${release()} ${kernelVersion()}`,
    ...(name === undefined ? [] : [name]),
    await nginxVersion(flags),
    '',
  ].join('\n')
}

/** The other versions are shown without an NGINX too. */
async function nginxVersion(flags: DoctorFlags): Promise<string> {
  try {
    const {binary} = await discoverNginx(discoverOptions(flags))
    const {stderr} = await run(binary, ['-V'], {timeout: TO_ASK_NGINX})
    return stderr.trim()
  } catch (error) {
    return `no NGINX: ${codeOf(error)}`
  }
}

/** The files of the generation that NGINX serves: certificates, keys and the secrets of lbex are in other folders. */
async function configuration(directory: string): Promise<BundleFile[]> {
  const generation = await readLiveGeneration(directory)
  if (!generation) throw new Failure(`there is no configuration in ${directory}`, {code: 'no-configuration'})
  return generation.files
    .filter(({path}) => path.endsWith('.conf'))
    .map(({path, text}) => ({name: `nginx/${path}`, content: text}))
}

async function errorLog(path: string, count: number): Promise<string> {
  const text = await endOf(path)
  const {lines, skipped} = safeLines(text.split('\n').slice(0, -1).slice(-count))
  const note = skipped === 0 ? [] : [`# lines in another form, which are left out: ${skipped}`]
  return [...note, ...lines, ''].join('\n')
}

/** Whole lines from the end of the file. */
async function endOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const {size} = await file.stat()
    const start = Math.max(0, size - END_OF_LOG)
    const {buffer, bytesRead} = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    const text = buffer.toString('utf8', 0, bytesRead)
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await file.close()
  }
}

/** The message about the API server may quote what a credential plugin printed, or the address with a password. */
function doctorPart(findings: readonly Finding[]): string {
  const shown = findings.map((finding): Finding =>
    finding.check === 'api' ? {check: 'api', state: finding.state, message: SEE_DOCTOR} : finding,
  )
  return doctorText(shown, false).output
}

const SEE_DOCTOR = 'left out of bundles, because it may quote other programs: run lbex doctor'
