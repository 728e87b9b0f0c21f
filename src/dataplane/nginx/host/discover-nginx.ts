/** Finds the NGINX of this host and what it can do (`nginx -V`). */
import {constants} from 'node:fs'
import {access} from 'node:fs/promises'
import {delimiter, isAbsolute, join, resolve} from 'node:path'
import {
  atLeast,
  parseNginxVersion,
  type NginxCapabilities,
  type NginxVersion,
} from '../../nginx-capabilities.js'
import {Failure} from '../../../diagnostics/failure.js'
import {run} from '../../../util/run-program.js'
import {discoverNjs, type Njs} from './discover-njs.js'
import {firstThat, isFile, moduleFolders} from './modules.js'

export type DiscoverOptions = {
  /** Path of nginx, or a name to look up in the search path. */
  readonly binary?: string
  /** Path of ngx_stream_module.so. */
  readonly modulePath?: string
  /** Folders separated by colons; default: PATH. */
  readonly searchPath?: string
  /** Folder for the files of a test; default: that of the system for temporary files. */
  readonly scratch?: string
}

export type DiscoveredNginx = {
  readonly binary: string
  readonly capabilities: NginxCapabilities
  /** Why there are live updates, or none. */
  readonly njs: Njs
}

/** Where packages and builds from source install it, searched after PATH. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/nginx/sbin']

const MODULE = 'ngx_stream_module.so'

/** The version of Ubuntu 22.04. */
const OLDEST: NginxVersion = [1, 18, 0]

const INSTALL =
  'install it: apt-get install nginx libnginx-mod-stream (Debian, Ubuntu), apk add nginx nginx-mod-stream (Alpine), dnf install nginx nginx-mod-stream (RHEL, Fedora)'

/**
 * Rejects with a Failure: `nginx-not-found`, `nginx-unusable` (`nginx -V` fails), `nginx-too-old`, or `nginx-no-stream` if the
 * stream module is neither built in nor found.
 */
export async function discoverNginx(options: DiscoverOptions = {}): Promise<DiscoveredNginx> {
  const binary = await findBinary(options)
  const answer = await askVersion(binary)
  const version = versionIn(binary, answer)
  const streamModule = await findStream(binary, answer, options.modulePath)
  const njs = await discoverNjs({binary, answer, streamModule, scratch: options.scratch})
  return {
    binary,
    njs,
    capabilities: {
      version,
      plus: /\(nginx-plus-/.test(answer),
      ...(streamModule && {streamModule}),
      ...(!hasModule(answer, 'stream_realip') && {withoutRealip: true}),
      ...(!hasModule(answer, 'stream_ssl_preread') && {withoutSslPreread: true}),
      ...liveUpdates(njs),
    },
  }
}

function hasModule(answer: string, name: string): boolean {
  return new RegExp(`\\s--with-${name}_module(?=\\s|$)`).test(answer)
}

function liveUpdates(found: Njs): Pick<NginxCapabilities, 'liveUpdates' | 'njs'> {
  if (found.state !== 'usable') return {liveUpdates: false}
  const {state: _, ...njs} = found
  return {liveUpdates: true, njs}
}

async function findBinary({
  binary = 'nginx',
  searchPath = process.env.PATH ?? '',
}: DiscoverOptions): Promise<string> {
  const folders = [...searchPath.split(delimiter).filter(isAbsolute), ...USUAL_FOLDERS]
  const candidates = binary.includes('/') ? [resolve(binary)] : folders.map((folder) => join(folder, binary))
  const found = await firstThat(isProgram, candidates)
  if (found) return found
  const where = binary.includes('/')
    ? `${binary} is not an executable file`
    : `there is no ${binary} in PATH, ${USUAL_FOLDERS.join(', ')}`
  throw new Failure(`NGINX was not found: ${where}`, {
    code: 'nginx-not-found',
    hint: `${INSTALL}; or set its path with --nginx-bin`,
  })
}

/** Version and configure arguments; nginx writes them to standard error. */
async function askVersion(binary: string): Promise<string> {
  const {exitCode, stderr} = await run(binary, ['-V'], {timeout: 10_000})
  if (exitCode === 0) return stderr
  throw new Failure(`${binary} -V failed: ${stderr.trim() || `exit code ${exitCode}`}`, {
    code: 'nginx-unusable',
    hint: 'check that it is an NGINX for this machine, or set another one with --nginx-bin',
  })
}

function versionIn(binary: string, answer: string): NginxVersion {
  const text = /^nginx version: \S+\/(\d+\.\d+\.\d+)/m.exec(answer)?.[1] ?? ''
  const version = parseNginxVersion(text)
  if (!version) {
    throw new Failure(`the output of ${binary} -V has no version`, {
      code: 'nginx-unusable',
      hint: 'check that it is an NGINX, or set another one with --nginx-bin',
    })
  }
  if (atLeast(version, OLDEST)) return version
  throw new Failure(`${binary} is NGINX ${text}, but lbex needs ${OLDEST.join('.')} or newer`, {
    code: 'nginx-too-old',
    hint: 'install a newer one (nginx.org has packages), or set another one with --nginx-bin',
  })
}

/** Path of the stream module; undefined if stream is built in. */
async function findStream(binary: string, answer: string, modulePath?: string): Promise<string | undefined> {
  if (/\s--with-stream(?=\s|$)/.test(answer)) return undefined
  const dynamic = /\s--with-stream=dynamic(?=\s|$)/.test(answer)
  const candidates = modulePath
    ? [resolve(modulePath)]
    : (await moduleFolders(binary, answer)).map((folder) => join(folder, MODULE))
  const found = dynamic ? await firstThat(isFile, candidates) : undefined
  if (found) return found
  const why = dynamic ? `${modulePath ?? MODULE} does not exist` : `it was built without it`
  throw new Failure(`${binary} cannot balance TCP and UDP: the stream module is missing (${why})`, {
    code: 'nginx-no-stream',
    hint: dynamic
      ? `${INSTALL}; or set the path of the module with --nginx-module`
      : `${INSTALL}; or set another NGINX with --nginx-bin`,
  })
}

async function isProgram(path: string): Promise<boolean> {
  return (
    (await isFile(path)) &&
    (await access(path, constants.X_OK).then(
      () => true,
      () => false,
    ))
  )
}
