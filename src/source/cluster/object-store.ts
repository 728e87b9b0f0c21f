/** The objects of one kind, projected. What did not change, as far as it is used, keeps its identity. */
import {isDeepStrictEqual} from 'node:util'
import type {ApiObject} from '../../kube/answers.js'

type Entry<T> = {readonly uid: string | undefined; readonly values: readonly T[]}

type Project<T> = (object: ApiObject) => readonly T[]

/** An object that cannot be projected: it keeps the values it had, or has none. */
export type OnUnreadable = (object: ApiObject, error: unknown) => void

export class ObjectStore<T> {
  private entries = new Map<string, Entry<T>>()
  private list: readonly T[] | undefined
  /** The version of each unreadable object that was told. */
  private readonly told = new Map<string, string>()

  /** `onUnreadable` is called once for each version of an object. */
  constructor(private readonly onUnreadable: OnUnreadable = () => {}) {}

  /** All values; the same array until something changes. */
  get values(): readonly T[] {
    this.list ??= [...this.entries.values()].flatMap(({values}) => values)
    return this.list
  }

  get isEmpty(): boolean {
    return this.entries.size === 0
  }

  /** True when this very object, not another of its name, is known. */
  knows({metadata}: ApiObject): boolean {
    const entry = this.entries.get(keyOf(metadata))
    return entry !== undefined && entry.uid === metadata.uid
  }

  /** True when something changed. */
  put(object: ApiObject, project: Project<T>): boolean {
    return this.keep(object, project, this.entries)
  }

  remove({metadata}: ApiObject): boolean {
    const key = keyOf(metadata)
    const known = this.entries.delete(key)
    this.told.delete(key)
    if (known) this.list = undefined
    return known
  }

  /** Takes a list page by page; nothing changes before all of it is there. */
  replacement(project: Project<T>): Replacement {
    const entries = new Map<string, Entry<T>>()
    let changed = false
    return {
      add: (objects) => {
        for (const object of objects) changed = this.keep(object, project, entries) || changed
      },
      commit: () => {
        const removed = [...this.entries.keys()].some((key) => !entries.has(key))
        this.entries = entries
        for (const key of this.told.keys()) if (!entries.has(key)) this.told.delete(key)
        if (changed || removed) this.list = undefined
        return changed || removed
      },
    }
  }

  /** Puts the object into `entries`: as it is known, where that is the same. */
  private keep(object: ApiObject, project: Project<T>, entries: Map<string, Entry<T>>): boolean {
    const key = keyOf(object.metadata)
    const known = this.entries.get(key)
    const before = known?.values ?? []
    const values = this.read(object, project) ?? before
    const same = isDeepStrictEqual(before, values)
    entries.set(key, {uid: object.metadata.uid, values: same ? before : values})
    if (!same && entries === this.entries) this.list = undefined
    return !same
  }

  /** Undefined for an object whose shape is not what the API promises: it is no reason to lose the others. */
  private read(object: ApiObject, project: Project<T>): readonly T[] | undefined {
    const key = keyOf(object.metadata)
    const {resourceVersion} = object.metadata
    try {
      const values = project(object)
      this.told.delete(key)
      return values
    } catch (error) {
      if (this.told.get(key) !== resourceVersion) this.onUnreadable(object, error)
      this.told.set(key, resourceVersion)
      return undefined
    }
  }
}

export type Replacement = {
  readonly add: (objects: readonly ApiObject[]) => void
  /** True when something changed. */
  readonly commit: () => boolean
}

function keyOf({namespace = '', name}: ApiObject['metadata']): string {
  return `${namespace}/${name}`
}
