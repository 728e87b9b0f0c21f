/** What a generation holds, without the text: enough to compare, and to know the live state after an adoption. */
import {contentHash, type Generation} from '../config/generation.js'
import type {ListenerKey} from '../config/listener-key.js'
import type {ObjectRef} from '../diagnostics/diagnostic.js'

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

const manifests = new WeakMap<Generation, Manifest>()

export function manifestOf(generation: Generation): Manifest {
  const known = manifests.get(generation) ?? makeManifest(generation)
  manifests.set(generation, known)
  return known
}

function makeManifest({id, files}: Generation): Manifest {
  const main = files.find(({path}) => path === 'nginx.conf')
  return {
    id,
    main: contentHash(main?.text ?? ''),
    files: files.flatMap(({path, owner, listeners}) => (owner ? [{path, owner, listeners}] : [])),
  }
}

/** Undefined where the text is not what formatManifest wrote: a crash of the host may leave anything. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Manifest
    return typeof value.id === 'string' && value.files.every(isManifestFile) ? value : undefined
  } catch {
    return undefined
  }
}

export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest)}\n`
}

export function listenersOf(manifest: Manifest): ListenerKey[] {
  return manifest.files.flatMap(({listeners}) => listeners)
}

function isManifestFile({path, owner, listeners}: ManifestFile): boolean {
  return typeof path === 'string' && typeof owner.name === 'string' && Array.isArray(listeners)
}
