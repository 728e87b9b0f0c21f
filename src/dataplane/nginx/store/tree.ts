/**
 * Writes and removes generations on disk. Services' files are immutable and shared by the generations. Each generation is a
 * folder with a file of includes; `current` names the one in use. Nothing that `current` reaches is ever changed, so that NGINX
 * can be started on it, also if lbex was killed.
 */
import {readdir, readFile, rename, rm, symlink} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {syncPath, writeFileAtomically} from '../../../util/atomic-write.js'
import {allEnded, FILES_AT_A_TIME, mapLimited} from '../../../util/concurrency.js'
import {makeFolder} from '../../../util/make-folder.js'
import type {NginxFile} from '../../nginx-file.js'
import type {Generation} from '../config/generation.js'
import {absent, ignoring} from './disk-failure.js'
import {formatIndex, indexGeneration, pathsOf, type GenerationIndex} from './generation-index.js'
import {makeFolders, type Layout} from './layout.js'
import {namesIn, SecretFiles} from './secret-files.js'
import {TreeReader} from './tree-reader.js'

/** The maximum number of files to sync, so that they survive a power loss. More would take too long, and a start verifies them. */
const SYNCED = 64

export class Tree extends TreeReader {
  /** Services' files whose content this lbex checked or wrote. */
  private readonly intact = new Set<string>()
  /** Generations that this lbex checked or wrote. */
  private readonly staged = new Set<string>()
  /** Those of them whose index it checked or wrote, too. */
  private readonly sealed = new Set<string>()
  /** Files and links written so far. */
  private writes = 0
  /** What was written, and is not known to survive a power loss. */
  private readonly unsynced = new Set<string>()
  private readonly secrets: SecretFiles
  /** True once something was staged, until keepOnly is called. */
  private littered = false

  private constructor(
    layout: Layout,
    /** Every Service's file that is on disk, and what a crash left behind, relative to the directory. */
    private readonly present: Set<string>,
  ) {
    super(layout)
    this.secrets = new SecretFiles(layout)
  }

  static async open(layout: Layout): Promise<Tree> {
    const services = (await readdir(layout.services)).map((name) => `services/${name}`)
    const generations = (await readdir(layout.generations)).map((name) => `generations/${name}`)
    const secrets = (await namesIn(layout.tls)).map((name) => `tls/${name}`)
    return new Tree(layout, new Set([...services, ...generations, ...secrets]))
  }

  /** True if there may be generations on disk that are not to be kept. */
  get isLittered(): boolean {
    return this.littered
  }

  /** Writes what NGINX reads and is not on disk yet; returns the path of the generation's nginx.conf. */
  async stage(generation: Generation): Promise<string> {
    this.littered = true
    try {
      if (!this.staged.has(generation.id)) await this.write(generation)
    } catch (error) {
      this.forget()
      throw error
    }
    return join(this.folderOf(generation.id), 'nginx.conf')
  }

  /**
   * Required before `current` may name a staged generation: writes its index, and makes all of it survive a power loss. NGINX
   * needs neither for its configtest, which can run at the same time.
   */
  async seal(generation: Generation): Promise<void> {
    try {
      if (!this.sealed.has(generation.id)) await this.writeIndex(generation)
      await this.sync()
    } catch (error) {
      this.forget()
      throw error
    }
  }

  /** What was checked or written before may have been damaged since: `stage` checks it again. */
  forget(): void {
    this.intact.clear()
    this.staged.clear()
    this.sealed.clear()
    this.secrets.forget()
  }

  /** Checks all files of a generation again, and rewrites damaged ones; true if there was one. */
  async repair(generation: Generation): Promise<boolean> {
    const before = this.writes
    this.forget()
    await this.stage(generation)
    await this.seal(generation)
    return this.writes > before
  }

  /** Makes `current` name the generation `id`, in one step; no generation if `id` is undefined. */
  async switchTo(id: string | undefined): Promise<void> {
    const {current} = this.layout
    if (id === undefined) return rm(current, {force: true})
    const next = `${current}.tmp`
    await rm(next, {force: true})
    await symlink(`generations/${id}`, next)
    await rename(next, current)
  }

  /** Removes every generation except these, and the Services' files that none of them includes. */
  async keepOnly(generations: readonly GenerationIndex[]): Promise<void> {
    // If a file cannot be removed, the retry is after the next change, not at each call.
    this.littered = false
    const isKept = (path: string): boolean =>
      generations.some((each) => path === `generations/${each.id}` || pathsOf(each).has(path))
    const rest = [...this.present].filter((path) => !isKept(path))
    await mapLimited(rest, FILES_AT_A_TIME, async (path) => {
      await rm(join(this.layout.directory, path), {recursive: true, force: true})
      this.present.delete(path)
      this.intact.delete(path)
      this.secrets.remove(path)
      this.staged.delete(basename(path))
      this.sealed.delete(basename(path))
    })
  }

  private async write(generation: Generation): Promise<void> {
    await makeFolders(this.layout)
    const main = generation.files.filter(({owners}) => owners.length === 0)
    const services = generation.files.filter(({owners}) => owners.length > 0)
    this.present.add(`generations/${generation.id}`)
    await this.writeSecrets(generation)
    await allEnded([this.writeServices(services), this.writeMain(this.folderOf(generation.id), main)])
    this.staged.add(generation.id)
  }

  private async writeSecrets({id, files}: Generation): Promise<void> {
    const secrets = files.flatMap((file) => file.secrets ?? [])
    if (secrets.length === 0) return
    const folder = this.folderOf(id)
    await makeFolder(folder)
    await symlink('../../tls', join(folder, 'tls')).catch(ignoring('EEXIST'))
    for (const path of await this.secrets.write(secrets, this.present)) {
      this.unsynced.add(join(this.layout.directory, path))
      this.writes += 1
    }
  }

  private async writeServices(files: readonly NginxFile[]): Promise<void> {
    const unchecked = files.filter(({path}) => !this.intact.has(path))
    await mapLimited(unchecked, FILES_AT_A_TIME, async ({path, text}) => {
      const isIntact = this.present.has(path) && (await this.readService(path)) !== undefined
      const sync = unchecked.length <= SYNCED
      if (!isIntact) await this.writeFile(join(this.layout.directory, path), text, {sync})
      this.present.add(path)
      this.intact.add(path)
    })
  }

  private async writeMain(folder: string, files: readonly NginxFile[]): Promise<void> {
    await makeFolder(folder)
    await allEnded(files.map(({path, text}) => this.writeIfDifferent(join(folder, path), text)))
    const link = symlink('../../services', join(folder, 'services'))
    await link.then(() => (this.writes += 1), ignoring('EEXIST'))
  }

  private async writeIndex(generation: Generation): Promise<void> {
    await this.writeIfDifferent(this.indexPath(generation.id), formatIndex(indexGeneration(generation)))
    this.sealed.add(generation.id)
  }

  private async sync(): Promise<void> {
    const files = [...this.unsynced]
    const folders = new Set(files.flatMap((path) => [dirname(path), dirname(dirname(path))]))
    // A file that was removed since needs no sync.
    await mapLimited([...files, ...folders], FILES_AT_A_TIME, (path) =>
      syncPath(path).catch(ignoring('ENOENT')),
    )
    for (const path of files) this.unsynced.delete(path)
  }

  private async writeIfDifferent(path: string, text: string): Promise<void> {
    const present = await readFile(path, 'utf8').catch(absent)
    if (present !== text) await this.writeFile(path, text, {sync: true})
  }

  private async writeFile(path: string, text: string, {sync}: {readonly sync: boolean}): Promise<void> {
    await writeFileAtomically(path, text, {sync: false})
    if (sync) this.unsynced.add(path)
    this.writes += 1
  }
}
