/** What etcd and the watch cache are to a real API server: objects, their versions, and the changes that are remembered. */
import {randomUUID} from 'node:crypto'
import {EventEmitter} from 'node:events'
import {managedFieldsAfter} from './managed-fields.js'
import {resourceOf, type Resource} from './resources.js'

/** An object as a test writes it. */
export type Manifest = {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export type Stored = Manifest & {
  readonly apiVersion: string
  readonly metadata: Manifest['metadata'] & {readonly uid: string; readonly resourceVersion: string}
}

export type Change = {
  readonly version: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: Stored
}

/** A list that is read page by page stays as it was when it was begun. In the order of the keys. */
export type View = {readonly version: number; readonly objects: readonly Stored[]}

export class History {
  /** The version of the last change. */
  version = 1
  private readonly objects = new Map<string, Stored>()
  private readonly views = new Map<number, readonly Stored[]>()
  private readonly emitter = new EventEmitter().setMaxListeners(0)
  private changes: Change[] = []
  private compactedAt = 0

  get(kind: string, namespace: string | undefined, name: string): Stored | undefined {
    return this.objects.get(keyOf({kind, metadata: {name, ...(namespace !== undefined && {namespace})}}))
  }

  /** Objects of one kind, in the order of their keys, as etcd has them. */
  all({kind}: Resource, namespace?: string, {objects}: View = this.pin()): Stored[] {
    return objects.filter((object) => object.kind === kind && isIn(namespace, object))
  }

  /** Creates the object, or replaces the one of its name. `manager`: the field manager, unless the test writes. */
  put(manifest: Manifest, manager?: string): Stored {
    const known = this.objects.get(keyOf(manifest))
    const version = ++this.version
    const managedFields = managedFieldsAfter(known, manifest, manager)
    const {managedFields: _, ...metadata} = manifest.metadata
    const object: Stored = {
      ...manifest,
      apiVersion: resourceOf(manifest.kind).apiVersion,
      metadata: {
        creationTimestamp: known?.metadata.creationTimestamp ?? '2030-01-31T12:00:00Z',
        ...metadata,
        ...(managedFields && managedFields.length > 0 && {managedFields}),
        uid: known?.metadata.uid ?? randomUUID(),
        resourceVersion: String(version),
      },
    }
    this.objects.set(keyOf(object), object)
    this.record({version, type: known ? 'MODIFIED' : 'ADDED', object})
    return object
  }

  remove(manifest: Manifest): void {
    const known = this.objects.get(keyOf(manifest))
    if (!known) throw new Error(`there is no ${keyOf(manifest)}`)
    const version = ++this.version
    this.objects.delete(keyOf(manifest))
    const metadata = {...known.metadata, resourceVersion: String(version)}
    this.record({version, type: 'DELETED', object: {...known, metadata}})
  }

  /** Another object changed, of a kind that is not watched: all kinds share the resource version. */
  pass(): void {
    this.version += 1
  }

  /** Undefined when changes after `version` have been forgotten. */
  changesSince(version: number): Change[] | undefined {
    if (version < this.compactedAt) return undefined
    return this.changes.filter((change) => change.version > version)
  }

  onChange(listener: (change: Change) => void): () => void {
    this.emitter.on('change', listener)
    return () => this.emitter.off('change', listener)
  }

  /** The state of now, to be found again by its version. */
  pin(): View {
    const objects = this.views.get(this.version) ?? this.sorted()
    this.views.set(this.version, objects)
    return {version: this.version, objects}
  }

  /** Undefined when it has been forgotten. */
  view(version: number): View | undefined {
    const objects = this.views.get(version)
    return objects && {version, objects}
  }

  /** Forgets all versions but the last, as etcd does every five minutes. */
  compact(): void {
    this.compactedAt = this.version
    this.changes = []
    this.views.clear()
  }

  private sorted(): Stored[] {
    const entries = [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1))
    return entries.map(([, object]) => object)
  }

  private record(change: Change): void {
    this.changes.push(change)
    this.emitter.emit('change', change)
  }
}

export function keyOf({kind, metadata}: Pick<Manifest, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}

/** `selector`: `name=value`, joined by commas. */
export function isLabelled(selector: string | null): (object: Stored) => boolean {
  const wanted = (selector ?? '').split(',').filter(Boolean)
  return ({metadata}) => {
    const labels = Object.entries((metadata['labels'] ?? {}) as Record<string, string>)
    const present = new Set(labels.map(([name, value]) => `${name}=${value}`))
    return wanted.every((each) => present.has(each))
  }
}

/** Without a namespace everything is meant. */
export function isIn(namespace: string | undefined, {metadata}: Stored): boolean {
  return namespace === undefined || metadata.namespace === namespace
}
