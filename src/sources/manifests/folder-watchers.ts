/** fs.watch on a changing set of folders. It is blind on some file systems, and says nothing when it fails: a poll must back it. */
import {watch, type FSWatcher} from 'node:fs'
import {basename, join} from 'node:path'

/** `rename`: an entry came, went or was replaced; `change`: what it holds did. The path is undefined where it is not known. */
export type FolderEvent = (type: 'rename' | 'change', path: string | undefined) => void

export class FolderWatchers {
  private readonly watchers = new Map<string, FSWatcher>()

  constructor(private readonly onEvent: FolderEvent) {}

  /** Watches these folders and no others. True when a folder was added: it may hold what nobody has seen yet. */
  watch(folders: ReadonlySet<string>): boolean {
    for (const folder of this.watchers.keys()) if (!folders.has(folder)) this.stop(folder)
    const added = [...folders].filter((folder) => !this.watchers.has(folder))
    return added.map((folder) => this.start(folder)).includes(true)
  }

  close(): void {
    for (const folder of this.watchers.keys()) this.stop(folder)
  }

  private start(folder: string): boolean {
    try {
      const watcher = watch(folder, {persistent: false}, (type, name) => this.forward(folder, type, name))
      watcher.on('error', () => this.stop(folder))
      this.watchers.set(folder, watcher)
      return true
    } catch {
      // Not there, or no watches left on this host: the poll sees to it.
      return false
    }
  }

  private stop(folder: string): void {
    this.watchers.get(folder)?.close()
    this.watchers.delete(folder)
  }

  private forward(folder: string, type: 'rename' | 'change', name: string | null): void {
    const path = name === null ? undefined : join(folder, name)
    // A folder that was replaced keeps its name, but its watcher is left with the old one.
    if (type === 'rename' && name === basename(folder)) this.stop(folder)
    if (type === 'rename' && path !== undefined) this.stop(path)
    this.onEvent(type, path)
  }
}
