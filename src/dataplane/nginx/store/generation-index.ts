/** What a generation holds, without the text: enough to compare generations, and to know the live one after an adoption. */
import type {NginxFile} from '../../nginx-file.js'
import {contentHash} from '../../../core/model/content-hash.js'
import type {Generation} from '../config/generation.js'
import type {ListenerKey} from '../../../core/model/listener-key.js'
import type {ObjectRef} from '../../../diagnostics/diagnostic.js'

export type GenerationIndex = {
  /** Id of the generation. */
  readonly id: string
  /** Hash of nginx.conf. */
  readonly main: string
  /** The Services' files, sorted by path. */
  readonly files: readonly IndexedFile[]
}

export type IndexedFile = {
  /** `services/NAME-HASH.conf`: equal paths have equal content. */
  readonly path: string
  /** The Services that have a route in the file; never empty. */
  readonly owners: readonly ObjectRef[]
  readonly listeners: readonly ListenerKey[]
  /** Paths of the certificates that it needs; absent if it needs none. */
  readonly secrets?: readonly string[]
}

/** Of an NGINX that was never started. */
export const EMPTY_INDEX: GenerationIndex = {id: '', main: '', files: []}

/** A file that two generations share is the same object in their indexes. */
export const indexGeneration = memoize(({id, files}: Generation): GenerationIndex => {
  const main = files.find(({path}) => path === 'nginx.conf')
  return {
    id,
    main: contentHash(main?.text ?? ''),
    files: files.filter(({owners}) => owners.length > 0).map(entryOf),
  }
})

export const listenersOf = memoize(({files}: GenerationIndex): readonly ListenerKey[] =>
  files.flatMap(({listeners}) => listeners),
)

export const pathsOf = memoize(
  ({files}: GenerationIndex): ReadonlySet<string> =>
    new Set(files.flatMap(({path, secrets = []}) => [path, ...secrets])),
)

/** Undefined if the text is not what formatIndex wrote: a crash of the host may leave any content. */
export function parseIndex(text: string): GenerationIndex | undefined {
  try {
    const {files, ...value} = JSON.parse(text) as StoredIndex
    if (typeof value.id !== 'string' || !files.every(isStoredFile)) return undefined
    return {...value, files: files.map(fromStored)}
  } catch {
    return undefined
  }
}

/** JSON, a line for each file. */
export function formatIndex({id, main, files}: GenerationIndex): string {
  const head = JSON.stringify({id, main}).slice(0, -1)
  return `${head},"files":[\n${files.map(formatEntry).join(',\n')}\n]}\n`
}

const entryOf = memoize(({path, owners, listeners, secrets}: NginxFile): IndexedFile => ({
  ...{path, owners, listeners},
  ...(secrets && {secrets: secrets.map((secret) => secret.path)}),
}))

/** The file again, with a text that was read from disk. */
export function fileOf({path, owners, listeners, secrets}: IndexedFile, text: string): NginxFile {
  return {path, owners, listeners, text, ...(secrets && {secrets: secrets.map((name) => ({path: name}))})}
}

const formatEntry = memoize(({path, owners, listeners, secrets}: IndexedFile) => {
  const [owner, ...others] = owners
  return JSON.stringify({path, owner, ...(others.length > 0 && {others}), listeners, secrets})
})

/** The form on disk, which other versions of lbex read: `owner` is the first of the owners, `others` has the rest. */
type StoredFile = Pick<IndexedFile, 'path' | 'listeners' | 'secrets'> & {
  readonly owner: ObjectRef
  readonly others?: readonly ObjectRef[]
}

type StoredIndex = Omit<GenerationIndex, 'files'> & {readonly files: readonly StoredFile[]}

function fromStored({path, owner, others = [], listeners, secrets}: StoredFile): IndexedFile {
  return {path, owners: [owner, ...others], listeners, ...(secrets && {secrets})}
}

function isStoredFile({path, owner, others = [], listeners, secrets = []}: StoredFile): boolean {
  const areOwners = [owner, ...others].every(({name}) => typeof name === 'string')
  const areSecrets = secrets.every((each) => /^tls\/[\w-]+\.pem$/.test(each))
  return typeof path === 'string' && areOwners && Array.isArray(listeners) && areSecrets
}

/** Computes a value once for each object, which must not change. */
function memoize<K extends object, V extends object | string>(compute: (key: K) => V): (key: K) => V {
  const values = new WeakMap<K, V>()
  return (key) => {
    let value = values.get(key)
    if (value === undefined) values.set(key, (value = compute(key)))
    return value
  }
}
