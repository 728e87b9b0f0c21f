/** The objects of one kind, projected to the fields that lbex uses. An object that did not change in these keeps its identity. */
import {isDeepStrictEqual} from 'node:util'
import type {KubeObject} from '../../kube/answers.js'
import {sizeOf} from './size.js'

type StoredEntry<T> = {readonly uid: string | undefined; readonly values: readonly T[]; readonly size: number}

type Project<T> = (object: KubeObject) => readonly T[]

/** Called for an object that cannot be projected: it keeps its last values, or has none. */
export type OnUnreadable = (object: KubeObject, error: unknown) => void

export class ObjectStore<T> {
  private entries = new Map<string, StoredEntry<T>>()
  private list: readonly T[] | undefined
  private bytes = 0
  /** The last reported version of each unreadable object. */
  private readonly reported = new Map<string, string | undefined>()

  /** `onUnreadable` is called once for each version of an object. */
  constructor(private readonly onUnreadable: OnUnreadable = () => {}) {}

  /** All values; the same array until something changes. */
  get values(): readonly T[] {
    this.list ??= [...this.entries.values()].flatMap(({values}) => values)
    return this.list
  }

  /** Approximate bytes of all values. */
  get size(): number {
    return this.bytes
  }

  get isEmpty(): boolean {
    return this.entries.size === 0
  }

  /** True if an object of this name and uid is in the store. */
  knows({metadata}: KubeObject): boolean {
    const entry = this.entries.get(keyOf(metadata))
    return entry !== undefined && entry.uid === metadata.uid
  }

  /** True if something changed. */
  put(object: KubeObject, project: Project<T>): boolean {
    const {entries, bytes} = this
    const known = entries.get(keyOf(object.metadata))
    const changed = this.keep(object, project, entries)
    this.bytes = bytes + (entries.get(keyOf(object.metadata))?.size ?? 0) - (known?.size ?? 0)
    return changed
  }

  remove({metadata}: KubeObject): boolean {
    const key = keyOf(metadata)
    this.bytes -= this.entries.get(key)?.size ?? 0
    const known = this.entries.delete(key)
    this.reported.delete(key)
    if (known) this.list = undefined
    return known
  }

  /** Replaces all objects by a list that comes page by page. Nothing changes before `commit`. */
  replacement(project: Project<T>): Replacement {
    const entries = new Map<string, StoredEntry<T>>()
    let changed = false
    let bytes = 0
    return {
      add: (objects) => {
        for (const object of objects) {
          changed = this.keep(object, project, entries) || changed
          bytes += entries.get(keyOf(object.metadata))?.size ?? 0
        }
        return bytes
      },
      commit: ({complete}) => {
        if (!complete) bytes += this.keepUnlisted(entries)
        const removed = [...this.entries.keys()].some((key) => !entries.has(key))
        this.entries = entries
        this.bytes = bytes
        for (const key of this.reported.keys()) if (!entries.has(key)) this.reported.delete(key)
        if (changed || removed) this.list = undefined
        return changed || removed
      },
    }
  }

  /** Returns the added bytes. */
  private keepUnlisted(entries: Map<string, StoredEntry<T>>): number {
    let bytes = 0
    for (const [key, entry] of this.entries) {
      if (entries.has(key)) continue
      entries.set(key, entry)
      bytes += entry.size
    }
    return bytes
  }

  /** Puts the object into `entries`, with the known values if they are equal. */
  private keep(object: KubeObject, project: Project<T>, entries: Map<string, StoredEntry<T>>): boolean {
    const key = keyOf(object.metadata)
    const known = this.entries.get(key)
    const before = known?.values ?? []
    const values = this.read(object, project) ?? before
    const same = isDeepStrictEqual(before, values)
    const size = same && known ? known.size : sizeOf(values)
    entries.set(key, {uid: object.metadata.uid, values: same ? before : values, size})
    if (!same && entries === this.entries) this.list = undefined
    return !same
  }

  /** Undefined for an object whose fields do not have the types of the API. The other objects are not affected. */
  private read(object: KubeObject, project: Project<T>): readonly T[] | undefined {
    const key = keyOf(object.metadata)
    // Objects in a list may lack it: then the object is reported once, until it can be read.
    const {resourceVersion} = object.metadata as {readonly resourceVersion?: string}
    try {
      const values = project(object)
      this.reported.delete(key)
      return values
    } catch (error) {
      if (!this.reported.has(key) || this.reported.get(key) !== resourceVersion)
        this.onUnreadable(object, error)
      this.reported.set(key, resourceVersion)
      return undefined
    }
  }
}

export type Replacement = {
  /** Returns the approximate bytes of everything added so far. */
  readonly add: (objects: readonly KubeObject[]) => number
  /** True if something changed. `complete`: objects that were not added are removed. */
  readonly commit: (list: {readonly complete: boolean}) => boolean
}

function keyOf({namespace = '', name}: KubeObject['metadata']): string {
  return `${namespace}/${name}`
}
