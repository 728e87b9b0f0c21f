/** fs.watch on a changing set of folders. It misses changes on some file systems and may fail silently, so a poll must back it up. */
import {watch, type FSWatcher} from 'node:fs'
import {basename, join} from 'node:path'

/** `rename`: an entry was added, removed or replaced; `change`: its content changed. The path is undefined if it is not known. */
export type FolderEvent = (type: 'rename' | 'change', path: string | undefined) => void

export class FolderWatchers {
  private readonly watchers = new Map<string, FSWatcher>()

  constructor(private readonly onEvent: FolderEvent) {}

  /** Watches these folders and no others. True if a folder was added: its files may have changed before it was watched. */
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
      // The folder does not exist, or the host has no inotify watches left: the poll covers it.
      return false
    }
  }

  private stop(folder: string): void {
    this.watchers.get(folder)?.close()
    this.watchers.delete(folder)
  }

  private forward(folder: string, type: 'rename' | 'change', name: string | null): void {
    const path = name === null ? undefined : join(folder, name)
    // A new folder of the same name is not watched by the watcher of the old one.
    if (type === 'rename' && name === basename(folder)) this.stop(folder)
    if (type === 'rename' && path !== undefined) this.stop(path)
    this.onEvent(type, path)
  }
}
