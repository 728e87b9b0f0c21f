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
  /** The Services that have a route in the file; never empty. */
  readonly owners: readonly ObjectRef[]
  readonly listeners: readonly ListenerKey[]
}

/** A file that two generations share is the same object in their manifests. */
export const manifestOf = remember(({id, files}: Generation): Manifest => {
  const main = files.find(({path}) => path === 'nginx.conf')
  return {
    id,
    main: contentHash(main?.text ?? ''),
    files: files.filter(({owners}) => owners.length > 0).map(entryOf),
  }
})

const entryOf = remember(({path, owners, listeners}: ConfigFile): ManifestFile => ({path, owners, listeners}))

/** Undefined where the text is not what formatManifest wrote: a crash of the host may leave anything. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const {files, ...value} = JSON.parse(text) as StoredManifest
    if (typeof value.id !== 'string' || !files.every(isStoredFile)) return undefined
    return {...value, files: files.map(fromStored)}
  } catch {
    return undefined
  }
}

/** JSON, a line for each file. */
export function formatManifest({id, main, files}: Manifest): string {
  const head = JSON.stringify({id, main}).slice(0, -1)
  return `${head},"files":[\n${files.map(formatEntry).join(',\n')}\n]}\n`
}

const formatEntry = remember(({path, owners, listeners}: ManifestFile) => {
  const [owner, ...others] = owners
  return JSON.stringify({path, owner, ...(others.length > 0 && {others}), listeners})
})

/** As it is on disk, where other versions of lbex read it: `owner` is the first of the owners, `others` has the rest. */
type StoredFile = Pick<ManifestFile, 'path' | 'listeners'> & {
  readonly owner: ObjectRef
  readonly others?: readonly ObjectRef[]
}

type StoredManifest = Omit<Manifest, 'files'> & {readonly files: readonly StoredFile[]}

function fromStored({path, owner, others = [], listeners}: StoredFile): ManifestFile {
  return {path, owners: [owner, ...others], listeners}
}

/** Of an NGINX that was never started. */
export const EMPTY: Manifest = {id: '', main: '', files: []}

export const listenersOf = remember(({files}: Manifest): readonly ListenerKey[] =>
  files.flatMap(({listeners}) => listeners),
)

export const pathsOf = remember(
  ({files}: Manifest): ReadonlySet<string> => new Set(files.map(({path}) => path)),
)

function isStoredFile({path, owner, others = [], listeners}: StoredFile): boolean {
  const areOwners = [owner, ...others].every(({name}) => typeof name === 'string')
  return typeof path === 'string' && areOwners && Array.isArray(listeners)
}
