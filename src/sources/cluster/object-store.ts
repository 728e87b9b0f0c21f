/** The objects of one kind, projected. What did not change, as far as it is used, keeps its identity. */
import {isDeepStrictEqual} from 'node:util'
import type {KubeObject} from '../../kube/answers.js'
import {sizeOf} from './size.js'

type Entry<T> = {readonly uid: string | undefined; readonly values: readonly T[]; readonly size: number}

type Project<T> = (object: KubeObject) => readonly T[]

/** An object that cannot be projected: it keeps the values it had, or has none. */
export type OnUnreadable = (object: KubeObject, error: unknown) => void

export class ObjectStore<T> {
  private entries = new Map<string, Entry<T>>()
  private list: readonly T[] | undefined
  private bytes = 0
  /** The version of each unreadable object that was told. */
  private readonly told = new Map<string, string | undefined>()

  /** `onUnreadable` is called once for each version of an object. */
  constructor(private readonly onUnreadable: OnUnreadable = () => {}) {}

  /** All values; the same array until something changes. */
  get values(): readonly T[] {
    this.list ??= [...this.entries.values()].flatMap(({values}) => values)
    return this.list
  }

  /** Bytes that the values take, about. */
  get size(): number {
    return this.bytes
  }

  get isEmpty(): boolean {
    return this.entries.size === 0
  }

  /** True when this very object, not another of its name, is known. */
  knows({metadata}: KubeObject): boolean {
    const entry = this.entries.get(keyOf(metadata))
    return entry !== undefined && entry.uid === metadata.uid
  }

  /** True when something changed. */
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
    this.told.delete(key)
    if (known) this.list = undefined
    return known
  }

  /** Takes a list page by page; nothing changes before all of it is there. */
  replacement(project: Project<T>): Replacement {
    const entries = new Map<string, Entry<T>>()
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
      commit: ({whole}) => {
        if (!whole) bytes += this.keepUnlisted(entries)
        const removed = [...this.entries.keys()].some((key) => !entries.has(key))
        this.entries = entries
        this.bytes = bytes
        for (const key of this.told.keys()) if (!entries.has(key)) this.told.delete(key)
        if (changed || removed) this.list = undefined
        return changed || removed
      },
    }
  }

  /** Returns the bytes that are added. */
  private keepUnlisted(entries: Map<string, Entry<T>>): number {
    let bytes = 0
    for (const [key, entry] of this.entries) {
      if (entries.has(key)) continue
      entries.set(key, entry)
      bytes += entry.size
    }
    return bytes
  }

  /** Puts the object into `entries`: as it is known, where that is the same. */
  private keep(object: KubeObject, project: Project<T>, entries: Map<string, Entry<T>>): boolean {
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

  /** Undefined for an object whose shape is not what the API promises: it is no reason to lose the others. */
  private read(object: KubeObject, project: Project<T>): readonly T[] | undefined {
    const key = keyOf(object.metadata)
    // Objects in a list may lack it: then only the first of them is told, until it can be read.
    const {resourceVersion} = object.metadata as {readonly resourceVersion?: string}
    try {
      const values = project(object)
      this.told.delete(key)
      return values
    } catch (error) {
      if (!this.told.has(key) || this.told.get(key) !== resourceVersion) this.onUnreadable(object, error)
      this.told.set(key, resourceVersion)
      return undefined
    }
  }
}

export type Replacement = {
  /** Returns the bytes that all that was added takes, about. */
  readonly add: (objects: readonly KubeObject[]) => number
  /** True when something changed. `whole`: what was not added is gone. */
  readonly commit: (list: {readonly whole: boolean}) => boolean
}

function keyOf({namespace = '', name}: KubeObject['metadata']): string {
  return `${namespace}/${name}`
}
