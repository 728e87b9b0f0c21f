/** Manifest files as a source of snapshots, for `-f`. */
import {resolve} from 'node:path'
import {systemClock, type Clock} from '../../util/clock.js'
import type {KindFreshness, SnapshotReading, SnapshotSource} from '../snapshot-source.js'
import {assemble, type CoverageMode} from './assemble.js'
import {fileStates, fingerprintOf} from './fingerprint.js'
import {findAllFiles} from './find-all-files.js'
import type {FoundFile} from './found-files.js'
import {FILES_AT_A_TIME, mapLimited} from '../../util/concurrency.js'
import {readManifest, type ManifestFile} from './manifest-file.js'
import {STDIN, TextReader, type Stdin} from './read-text.js'
import {watchFiles} from './watch-files.js'

export type ManifestSourceOptions = {
  /** Files, folders, globs, and `-` for stdin. */
  readonly paths: readonly string[]
  /** Default: stdin of the process. */
  readonly stdin?: Stdin
  readonly coverage: CoverageMode
  /** Base of relative paths; default: the working directory. */
  readonly cwd?: string
  /** Milliseconds between polls for changes that fs.watch has missed; default: 5000. */
  readonly pollInterval?: number
  readonly clock?: Clock
  /** Maximum bytes of one file. */
  readonly maxFileSize?: number
  /** Read the targets of all links, wherever they are. */
  readonly followLinks?: boolean
}

/**
 * `read` rejects with a Failure `path-not-found`, `no-manifests` or `file-unreadable`. It is permanent at the first reading
 * and temporary after a successful one, because editors and mounts remove files for a moment. Problems of the content are
 * in the diagnostics of the reading.
 */
export function createManifestSource(options: ManifestSourceOptions): SnapshotSource {
  return new ManifestSource(options)
}

class ManifestSource implements SnapshotSource {
  readonly changesAreAtomic = false
  private readonly cwd: string
  private readonly texts: TextReader
  /** The last reading of each file, by absolute path. */
  private known: ReadonlyMap<string, ManifestFile> = new Map()
  /** The last reading of each file without a syntax error, by absolute path. */
  private readonly good = new Map<string, ManifestFile>()
  /** The fingerprint of the last reading. */
  private fingerprint: string | undefined

  constructor(private readonly options: ManifestSourceOptions) {
    this.cwd = resolve(options.cwd ?? '.')
    this.texts = new TextReader(options.stdin, options.maxFileSize)
  }

  async read(signal: AbortSignal): Promise<SnapshotReading> {
    signal.throwIfAborted()
    const found = await findAllFiles(this.options.paths, {
      cwd: this.cwd,
      temporary: this.temporary,
      followLinks: this.options.followLinks,
    })
    // Taken before the files are read, so that `watch` reports a change during the reading.
    const fingerprint = fingerprintOf(await fileStates(found))
    const files = await mapLimited(found, FILES_AT_A_TIME, (file) => this.readFile(file, signal))
    this.known = new Map(files)
    this.fingerprint = fingerprint
    return assemble(
      files.map(([path, file]) => this.lastGood(path, file)),
      this.options.coverage,
    )
  }

  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const {pollInterval = 5000, clock = systemClock} = this.options
    const paths = this.options.paths.filter((path) => path !== STDIN.path)
    await watchFiles(
      {paths, cwd: this.cwd, pollInterval, clock, lastFingerprint: this.fingerprint},
      onChange,
      signal,
    )
  }

  /** Each reading reads all files. */
  retryNow(): void {}

  freshness(): readonly KindFreshness[] {
    return []
  }

  /** No file stays open after it was read. */
  async close(): Promise<void> {}

  /**
   * A typing error must not stop Services from being served: with complete coverage, a file with a syntax error keeps its last
   * valid objects, and the syntax error is reported.
   */
  private lastGood(path: string, file: ManifestFile): ManifestFile {
    const isBroken = file.diagnostics.some(({code}) => code === 'yaml-syntax')
    if (!isBroken) this.good.set(path, file)
    const good = this.options.coverage === 'complete' ? this.good.get(path) : undefined
    return isBroken && good ? {...good, diagnostics: file.diagnostics} : file
  }

  private get temporary(): boolean {
    return this.fingerprint !== undefined
  }

  private async readFile(found: FoundFile, signal: AbortSignal): Promise<[path: string, file: ManifestFile]> {
    const text = await this.texts.read(found, this.temporary, signal)
    return [found.path, readManifest(found.file, text, this.known.get(found.path))]
  }
}
