/** Tells when the files behind the paths of `-f` may have changed: by fs.watch, and by a slow poll where that is blind. */
import type {Clock} from '../../util/clock.js'
import {FolderWatchers} from './folder-watchers.js'
import {look} from './scan-paths.js'
import {MANIFEST_NAME} from './search-folder.js'

export type FileWatchOptions = {
  /** Without stdin. */
  readonly paths: readonly string[]
  /** Absolute; relative paths begin here. */
  readonly cwd: string
  /** Milliseconds. */
  readonly pollInterval: number
  readonly clock: Clock
  /** The fingerprint of what was read last; absent when nothing was read yet. */
  readonly seen?: string
}

/** Settles when `signal` aborts. A path that vanishes is a change, and no error. */
export async function watchFiles(
  options: FileWatchOptions,
  onChange: () => void,
  signal: AbortSignal,
): Promise<void> {
  const watch = new FileWatch(options)
  const end = (): void => watch.wakeUp()
  signal.addEventListener('abort', end)
  try {
    await watch.run(onChange, signal)
  } finally {
    signal.removeEventListener('abort', end)
    watch.close()
  }
}

class FileWatch {
  private readonly watchers = new FolderWatchers((type, path) => this.onEvent(type, path))
  private files: ReadonlySet<string> = new Set()
  /** A file was written to: that counts even where its size and time look as before. */
  private written = false
  private alarm = new AbortController()

  constructor(private readonly options: FileWatchOptions) {}

  async run(onChange: () => void, signal: AbortSignal): Promise<void> {
    const {clock, pollInterval} = this.options
    let last = this.options.seen ?? (await this.look())
    while (!signal.aborted) {
      this.alarm = new AbortController()
      const now = await this.look()
      const changed = this.written || now !== last
      this.written = false
      last = now
      if (changed && !signal.aborted) onChange()
      await clock.delay(pollInterval, this.alarm.signal)
    }
  }

  wakeUp(): void {
    this.alarm.abort()
  }

  close(): void {
    this.watchers.close()
  }

  /** Looks again when a folder was added: what is in it may have changed before it was watched. */
  private async look(): Promise<string> {
    const view = await look(this.options.paths, this.options.cwd)
    this.files = view.files
    return this.watchers.watch(view.folders) ? this.look() : view.fingerprint
  }

  /** What happens to other files in the same folders, such as a log, is none of our business. */
  private onEvent(type: 'rename' | 'change', path: string | undefined): void {
    const isOurs = path === undefined || this.files.has(path)
    if (isOurs && type === 'change') this.written = true
    if (isOurs || type === 'rename' || MANIFEST_NAME.test(path)) this.wakeUp()
  }
}
