/** What a generation holds, without the text: enough to compare, and to know the live state after an adoption. */
import type {ConfigFile} from '../../config-file.js'
import {contentHash} from '../../../core/model/content-hash.js'
import type {Generation} from '../config/generation.js'
import type {ListenerKey} from '../../../core/model/listener-key.js'
import type {ObjectRef} from '../../../diagnostics/diagnostic.js'
import {remember} from '../../../util/remember.js'

export type Manifest = {
  /** Id of the generation. */
  readonly id: string
  /** Hash of nginx.conf. */
  readonly main: string
  /** The Services' files, sorted by path. */
  readonly files: readonly ManifestFile[]
}

export type ManifestFile = {
  /** `services/NAME-HASH.conf`: equal paths have equal content. */
  readonly path: string
  readonly owner: ObjectRef
  readonly listeners: readonly ListenerKey[]
}

/** A file that two generations share is the same object in their manifests. */
export const manifestOf = remember(({id, files}: Generation): Manifest => {
  const main = files.find(({path}) => path === 'nginx.conf')
  return {id, main: contentHash(main?.text ?? ''), files: files.filter(hasOwner).map(entryOf)}
})

type ServiceFile = ConfigFile & {readonly owner: ObjectRef}

function hasOwner(file: ConfigFile): file is ServiceFile {
  return file.owner !== undefined
}

const entryOf = remember(({path, owner, listeners}: ServiceFile): ManifestFile => ({path, owner, listeners}))

/** Undefined where the text is not what formatManifest wrote: a crash of the host may leave anything. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Manifest
    return typeof value.id === 'string' && value.files.every(isManifestFile) ? value : undefined
  } catch {
    return undefined
  }
}

/** JSON, a line for each file. */
export function formatManifest({id, main, files}: Manifest): string {
  const head = JSON.stringify({id, main}).slice(0, -1)
  return `${head},"files":[\n${files.map(formatEntry).join(',\n')}\n]}\n`
}

const formatEntry = remember((entry: ManifestFile) => JSON.stringify(entry))

/** Of an NGINX that was never started. */
export const EMPTY: Manifest = {id: '', main: '', files: []}

export const listenersOf = remember(({files}: Manifest): readonly ListenerKey[] =>
  files.flatMap(({listeners}) => listeners),
)

export const pathsOf = remember(
  ({files}: Manifest): ReadonlySet<string> => new Set(files.map(({path}) => path)),
)

function isManifestFile({path, owner, listeners}: ManifestFile): boolean {
  return typeof path === 'string' && typeof owner.name === 'string' && Array.isArray(listeners)
}
