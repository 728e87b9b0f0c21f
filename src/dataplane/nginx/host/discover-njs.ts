/**
 * Finds njs, the JavaScript module of NGINX, and tests whether it has shared dictionaries for stream, which live updates need.
 * Only NGINX itself can tell: its version does not say which njs it has, and a module of another build does not load.
 */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {messageOf} from '../../../diagnostics/failure.js'
import {run} from '../../../util/run-program.js'
import type {NjsModule} from '../../nginx-capabilities.js'
import {firstThat, isFile, moduleFolders} from './modules.js'

export type Njs =
  | ({readonly state: 'usable'} & NjsModule)
  /** `module` is absent if njs is built in. */
  | {readonly state: 'too-old'; readonly module?: string}
  /** NGINX rejects it. */
  | {readonly state: 'refused'; readonly module?: string; readonly why: string}
  /** lbex cannot test it, for example because it cannot write a file. */
  | {readonly state: 'untested'; readonly module?: string; readonly why: string}
  | {readonly state: 'missing'}

export type NjsOptions = {
  readonly binary: string
  /** Output of `nginx -V`. */
  readonly answer: string
  /** Path of ngx_stream_module.so; absent if stream is built in. */
  readonly streamModule?: string | undefined
  /** Folder for the files of the test; default: that of the system for temporary files. */
  readonly scratch?: string | undefined
}

/** The oldest njs with shared dictionaries, and what to install. */
export const NJS_SINCE = '0.8.0'
export const NJS_INSTALL =
  'apt-get install libnginx-mod-stream-js (Debian 13 or newer), nginx-module-njs (packages of nginx.org), apk add nginx-mod-stream-js (Alpine)'

const MODULE = 'ngx_stream_js_module.so'

/** Time limit of a test, milliseconds. */
const LIMIT = 10_000

/** https://nginx.org/en/docs/stream/ngx_stream_js_module.html#js_shared_dict_zone */
const UNKNOWN_DIRECTIVE = /^unknown directive "js_shared_dict_zone"/

/** Never rejects. Starts no NGINX if there is no njs. */
export async function discoverNjs(options: NjsOptions): Promise<Njs> {
  if (isBuiltIn(options.answer)) return testNjs(options, {})
  const module = await firstThat(isFile, await candidates(options))
  return module === undefined ? {state: 'missing'} : testNjs(options, {module})
}

/** Stream itself must be built in too then: https://nginx.org/en/docs/njs/install.html */
function isBuiltIn(answer: string): boolean {
  return /\s--add-module=\S*\bnjs\b/.test(answer)
}

/** A module that is beside the stream module is of the same build. */
async function candidates({binary, answer, streamModule}: NjsOptions): Promise<string[]> {
  const folders = [
    ...(streamModule === undefined ? [] : [dirname(streamModule)]),
    ...(await moduleFolders(binary, answer)),
  ]
  return folders.map((folder) => join(folder, MODULE))
}

async function testNjs(options: NjsOptions, found: {readonly module?: string}): Promise<Njs> {
  try {
    const folder = await mkdtemp(join(options.scratch ?? tmpdir(), 'lbex-njs-'))
    try {
      return await testIn(folder, options, found)
    } finally {
      await rm(folder, {recursive: true, force: true})
    }
  } catch (error) {
    return {state: 'untested', ...found, why: messageOf(error)}
  }
}

/** Both engines at the same time, because this delays the start of lbex. */
async function testIn(folder: string, options: NjsOptions, found: {readonly module?: string}): Promise<Njs> {
  const test = async (engine: NjsModule['engine']): Promise<string | undefined> => {
    const path = join(folder, `${engine}.conf`)
    await writeFile(path, configuration(folder, engine, [options.streamModule, found.module]))
    return refusalOf(options.binary, path)
  }
  const [refusal, withQjs] = await Promise.all([test('njs'), test('qjs')])
  if (withQjs === undefined) return {state: 'usable', ...found, engine: 'qjs'}
  if (refusal === undefined) return {state: 'usable', ...found, engine: 'njs'}
  if (UNKNOWN_DIRECTIVE.test(refusal)) return {state: 'too-old', ...found}
  return {state: 'refused', ...found, why: refusal}
}

/** The directive js_engine (njs 0.8.6) is newer than shared dictionaries, and the engine njs does not need it. */
function configuration(
  folder: string,
  engine: NjsModule['engine'],
  modules: readonly (string | undefined)[],
): string {
  const loading = modules.flatMap((path) => (path === undefined ? [] : `load_module "${path}";\n`))
  return `${loading.join('')}pid "${folder}/${engine}.pid";
error_log stderr;
events {}
stream {
    js_shared_dict_zone zone=lbex:64k;${engine === 'qjs' ? '\n    js_engine qjs;' : ''}
}
`
}

/** Why NGINX rejects the configuration at `path`; undefined if it accepts it. */
async function refusalOf(binary: string, path: string): Promise<string | undefined> {
  const {exitCode, endedBy, stderr} = await run(binary, ['-t', '-c', path], {timeout: LIMIT})
  if (exitCode === 0) return undefined
  const message = /\[emerg\] (?:\d+#\d+: )?(.*)$/m.exec(stderr)?.[1]
  return message ?? (stderr.trim() || `nginx -t ended with ${endedBy ?? `exit code ${exitCode}`}`)
}
