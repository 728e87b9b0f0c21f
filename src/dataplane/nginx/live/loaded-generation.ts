/**
 * What an NGINX that an earlier lbex left running has loaded, in the form that planLive compares. The disk has the text of it, but
 * not which of its parts may change without a reload: that is known from the wanted files, if only servers differ from them.
 */
import {contentHash} from '../../../core/model/content-hash.js'
import {describeObject} from '../../../diagnostics/diagnostic.js'
import {FILES_AT_A_TIME, mapLimited} from '../../../util/concurrency.js'
import type {LiveServer, NginxFile} from '../../nginx-file.js'
import {requestedFiles, type Generation} from '../config/generation.js'
import {fileOf, type GenerationIndex, type IndexedFile} from '../store/generation-index.js'
import {parseServerLine, replaceUpstreams} from './upstream-text.js'

/** The text of a Service's file; undefined if it is damaged. */
type ReadText = (path: string) => Promise<string | undefined>

/** Undefined if nginx.conf differs, or if a file is damaged: then a reload makes the difference. */
export async function loadedGeneration(
  served: GenerationIndex,
  wanted: Generation,
  readText: ReadText,
): Promise<Generation | undefined> {
  const main = requestedFiles(wanted).filter(({owners}) => owners.length === 0)
  const text = main.find(({path}) => path === 'nginx.conf')?.text ?? ''
  if (contentHash(text) !== served.main) return undefined
  const equal = new Map(wanted.files.map((file) => [file.path, file]))
  const byOwners = groupByOwners(wanted.files)
  const files = await mapLimited(served.files, FILES_AT_A_TIME, async (file) => {
    const same = equal.get(file.path)
    if (same) return same
    const loaded = await readText(file.path)
    return loaded === undefined ? undefined : loadedFile(file, loaded, byOwners.get(ownersOf(file)) ?? [])
  })
  const known = files.filter((file) => file !== undefined)
  return known.length === files.length ? {id: served.id, files: [...main, ...known]} : undefined
}

function groupByOwners(files: readonly NginxFile[]): ReadonlyMap<string, readonly NginxFile[]> {
  const groups = new Map<string, NginxFile[]>()
  for (const file of files) {
    const group = groups.get(ownersOf(file))
    if (group) group.push(file)
    else groups.set(ownersOf(file), [file])
  }
  return groups
}

function ownersOf({owners}: Pick<NginxFile, 'owners'>): string {
  return owners.map(describeObject).join()
}

/** `candidates`: wanted files of the same Services. */
function loadedFile(file: IndexedFile, text: string, candidates: readonly NginxFile[]): NginxFile {
  const frame = withoutServers(text)
  const live = candidates.find((wanted) => withoutServers(wanted.text) === frame)?.live
  if (!live) return fileOf(file, text)
  const servers = serversByUpstream(text)
  return {
    ...fileOf(file, text),
    live: live.map((listener) => ({...listener, servers: servers.get(listener.upstream) ?? []})),
  }
}

/** All that NGINX reads, except for the servers; their parameters stay. */
function withoutServers(text: string): string {
  const frame = replaceUpstreams(text, (block) => {
    const lines = block.split('\n').map((line) => parseServerLine(line)?.parameters ?? line)
    return [...new Set(lines)].join('\n')
  })
  return frame.replaceAll(/^#.*\n/gm, '')
}

/** Those that get connections. */
function serversByUpstream(text: string): ReadonlyMap<string, readonly LiveServer[]> {
  const upstreams = new Map<string, readonly LiveServer[]>()
  replaceUpstreams(text, (block, name) => {
    const lines = block.split('\n').flatMap((line) => parseServerLine(line) ?? [])
    const used = lines.filter(({down}) => !down)
    upstreams.set(
      name,
      used.map(({address, port, weight}) => ({address, port, weight})),
    )
    return block
  })
  return upstreams
}
