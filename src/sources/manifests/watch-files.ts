/** Reports possible changes of the files of `-f`, with fs.watch, and with a slow poll for changes that fs.watch misses. */
import type {Clock} from '../../util/clock.js'
import {FolderWatchers} from './folder-watchers.js'
import {scanPaths} from './scan-paths.js'
import {MANIFEST_NAME} from './search-folder.js'

export type FileWatchOptions = {
  /** Without stdin. */
  readonly paths: readonly string[]
  /** Absolute; the base of relative paths. */
  readonly cwd: string
  /** Milliseconds. */
  readonly pollInterval: number
  readonly clock: Clock
  /** The fingerprint of the last reading; absent before the first one. */
  readonly lastFingerprint?: string
}

/** Settles when `signal` aborts. A path that disappears is a change, not an error. */
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
  /** A file was written to: this is a change even if its size and time are the same. */
  private written = false
  private sleeping = new AbortController()

  constructor(private readonly options: FileWatchOptions) {}

  async run(onChange: () => void, signal: AbortSignal): Promise<void> {
    const {clock, pollInterval} = this.options
    let last = this.options.lastFingerprint ?? (await this.scan())
    while (!signal.aborted) {
      this.sleeping = new AbortController()
      const now = await this.scan()
      const changed = this.written || now !== last
      this.written = false
      last = now
      if (changed && !signal.aborted) onChange()
      await clock.delay(pollInterval, this.sleeping.signal)
    }
  }

  wakeUp(): void {
    this.sleeping.abort()
  }

  close(): void {
    this.watchers.close()
  }

  /** Scans again if a folder was added: its files may have changed before it was watched. */
  private async scan(): Promise<string> {
    const scan = await scanPaths(this.options.paths, this.options.cwd)
    this.files = scan.files
    return this.watchers.watch(scan.folders) ? this.scan() : scan.fingerprint
  }

  /** Ignores changes of other files in the same folders, such as a log. */
  private onEvent(type: 'rename' | 'change', path: string | undefined): void {
    const isOurs = path === undefined || this.files.has(path)
    if (isOurs && type === 'change') this.written = true
    if (isOurs || type === 'rename' || MANIFEST_NAME.test(path)) this.wakeUp()
  }
}
