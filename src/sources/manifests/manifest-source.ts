/** Manifest files as a source of snapshots: what `-f` takes. */
import {resolve} from 'node:path'
import {systemClock, type Clock} from '../../util/clock.js'
import type {KindFreshness, SnapshotReading, SnapshotSource} from '../snapshot-source.js'
import {assemble, type CoverageMode} from './assemble.js'
import {fileStates, fingerprintOf} from './fingerprint.js'
import {findAllFiles} from './find-all-files.js'
import type {FoundFile} from './found-files.js'
import {inBatches} from './in-batches.js'
import {readManifest, type ManifestFile} from './manifest-file.js'
import {STDIN, TextReader, type Stdin} from './read-text.js'
import {watchFiles} from './watch-files.js'

export type ManifestSourceOptions = {
  /** Files, folders, globs, and `-` for stdin. */
  readonly paths: readonly string[]
  /** Default: the process's own stdin, to its end. */
  readonly stdin?: Stdin
  readonly coverage: CoverageMode
  /** Where relative paths begin; default: the working directory. */
  readonly cwd?: string
  /** How often to look for changes that no event told of, milliseconds; default 5000. */
  readonly pollInterval?: number
  readonly clock?: Clock
  /** Bytes of one file. */
  readonly maxFileSize?: number
  /** Read what links lead to, wherever that is. */
  readonly followLinks?: boolean
}

/**
 * A source over manifest files. SnapshotReading rejects with a Failure `path-not-found`, `no-manifests` or `file-unreadable`:
 * permanent at the first reading, temporary once there was a good one, because editors and mounts take files away for a
 * moment. What is wrong with the contents is in the reading's diagnostics.
 */
export function createManifestSource(options: ManifestSourceOptions): SnapshotSource {
  return new ManifestSource(options)
}

class ManifestSource implements SnapshotSource {
  readonly changesAreAtomic = false
  private readonly cwd: string
  private readonly texts: TextReader
  /** By absolute path: what was read last. */
  private known: ReadonlyMap<string, ManifestFile> = new Map()
  /** By absolute path: the last reading without a syntax error. */
  private readonly good = new Map<string, ManifestFile>()
  /** The fingerprint of what was read last. */
  private seen: string | undefined

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
    // Taken before the files are read: what changes meanwhile is a change to whoever watches.
    const fingerprint = fingerprintOf(await fileStates(found))
    const files = await inBatches(found, (file) => this.readFile(file, signal))
    this.known = new Map(files)
    this.seen = fingerprint
    return assemble(
      files.map(([path, file]) => this.lastGood(path, file)),
      this.options.coverage,
    )
  }

  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const {pollInterval = 5000, clock = systemClock} = this.options
    const paths = this.options.paths.filter((path) => path !== STDIN.path)
    await watchFiles({paths, cwd: this.cwd, pollInterval, clock, seen: this.seen}, onChange, signal)
  }

  /** Each reading looks at all files. */
  retryNow(): void {}

  freshness(): readonly KindFreshness[] {
    return []
  }

  /** Files are open only while they are read or watched. */
  async close(): Promise<void> {}

  /**
   * A slip of an editor's must not end what is served: where complete knowledge is wanted, a file with a syntax error stands
   * for what it held before, and its findings say that it is broken.
   */
  private lastGood(path: string, file: ManifestFile): ManifestFile {
    const isBroken = file.diagnostics.some(({code}) => code === 'yaml-syntax')
    if (!isBroken) this.good.set(path, file)
    const good = this.options.coverage === 'complete' ? this.good.get(path) : undefined
    return isBroken && good ? {...good, diagnostics: file.diagnostics} : file
  }

  private get temporary(): boolean {
    return this.seen !== undefined
  }

  private async readFile(found: FoundFile, signal: AbortSignal): Promise<[path: string, file: ManifestFile]> {
    const text = await this.texts.read(found, this.temporary, signal)
    return [found.path, readManifest(found.file, text, this.known.get(found.path))]
  }
}
