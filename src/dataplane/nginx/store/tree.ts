/**
 * The generations on disk. Services' files are immutable and shared by the generations, which are folders with an index
 * of includes; `current` names the one in use. Nothing that `current` reaches is ever changed, so that NGINX can be
 * started on it whenever lbex is killed.
 */
import {readdir, readFile, readlink, rename, rm, symlink} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {contentHash} from '../../../core/model/content-hash.js'
import type {Generation} from '../config/generation.js'
import type {ConfigFile} from '../../config-file.js'
import {Failure, messageOf} from '../../../diagnostics/failure.js'
import {allEnded} from '../../../util/all-ended.js'
import {syncPath, writeFileAtomically} from '../../../util/atomic-write.js'
import {makeFolder} from '../../../util/make-folder.js'
import {inBatches} from './in-batches.js'
import {makeFolders, type Layout} from './layout.js'
import {formatManifest, manifestOf, parseManifest, pathsOf, type Manifest} from './manifest.js'

/** Files that are handled at the same time. */
const BATCH = 32
/** So many files are made to survive a power loss at once; for more the disk takes its time, and a start verifies them. */
const SYNCED = 64

export class Tree {
  /** Services' files whose content was checked or written by us. */
  private readonly intact = new Set<string>()
  /** Generations that were checked or written by us. */
  private readonly staged = new Set<string>()
  /** Those of them whose manifest was, too. */
  private readonly sealed = new Set<string>()
  /** Files and links written so far. */
  private writes = 0
  /** What was written, and is not known to survive a power loss. */
  private readonly unsynced = new Set<string>()
  /** True once something was staged, until keepOnly is called. */
  private littered = false

  private constructor(
    private readonly layout: Layout,
    /** Every Service's file that is on disk, and what a crash left behind, relative to the directory. */
    private readonly present: Set<string>,
  ) {}

  static async open(layout: Layout): Promise<Tree> {
    const services = (await readdir(layout.services)).map((name) => `services/${name}`)
    const generations = (await readdir(layout.generations)).map((name) => `generations/${name}`)
    return new Tree(layout, new Set([...services, ...generations]))
  }

  /** True if there may be generations on disk that are not to be kept. */
  get isLittered(): boolean {
    return this.littered
  }

  /** Writes what NGINX reads and is not there yet; returns the path of the generation's nginx.conf. */
  async stage(generation: Generation): Promise<string> {
    this.littered = true
    try {
      if (!this.staged.has(generation.id)) await this.stageAnew(generation)
    } catch (error) {
      this.forget()
      throw error
    }
    return join(this.folderOf(generation.id), 'nginx.conf')
  }

  /**
   * To be done before a staged generation is switched to: writes its manifest, and makes all of it survive a power loss. NGINX
   * needs neither for its test, which goes on meanwhile.
   */
  async seal(generation: Generation): Promise<void> {
    try {
      if (!this.sealed.has(generation.id)) await this.writeManifest(generation)
      await this.sync()
    } catch (error) {
      this.forget()
      throw error
    }
  }

  /** What was checked or written before may have been damaged since: `stage` looks at it again. */
  forget(): void {
    this.intact.clear()
    this.staged.clear()
    this.sealed.clear()
  }

  /** Looks at everything in a generation again, and writes what is not as it should be; true where there was such a thing. */
  async repair(generation: Generation): Promise<boolean> {
    const before = this.writes
    this.forget()
    await this.stage(generation)
    await this.seal(generation)
    return this.writes > before
  }

  /** Id of the generation that `current` names. */
  async current(): Promise<string | undefined> {
    const {current} = this.layout
    const target = await readlink(current).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EINVAL') throw notOurs(current, error)
      return absent(error)
    })
    return target === undefined ? undefined : basename(target)
  }

  /** Makes `current` name the generation `id`, in one step; no generation where it is undefined. */
  async switchTo(id: string | undefined): Promise<void> {
    const {current} = this.layout
    if (id === undefined) return rm(current, {force: true})
    const next = `${current}.tmp`
    await rm(next, {force: true})
    await symlink(`generations/${id}`, next)
    await rename(next, current)
  }

  async readManifest(id: string): Promise<Manifest | undefined> {
    const text = await readFile(join(this.folderOf(id), 'manifest.json'), 'utf8').catch(absent)
    return text === undefined ? undefined : parseManifest(text)
  }

  /** Text of a Service's file; undefined when it is not there, or not what its name says. */
  async readService(path: string): Promise<string | undefined> {
    const text = await readFile(join(this.layout.directory, path), 'utf8').catch(absent)
    return text !== undefined && path.endsWith(`-${contentHash(text)}.conf`) ? text : undefined
  }

  /**
   * What is to be asked for to serve again what `current` names; undefined where it names nothing. Damaged files of Services
   * are left out, and named: written anew as they are, they would be taken for what their names say.
   */
  async readCurrent(): Promise<{files: ConfigFile[]; damaged: string[]} | undefined> {
    const id = await this.current()
    const manifest = id === undefined ? undefined : await this.readManifest(id)
    if (!manifest) return undefined
    const main = await readFile(join(this.folderOf(manifest.id), 'nginx.conf'), 'utf8').catch(absent)
    if (main === undefined) return undefined
    const texts = await inBatches(manifest.files, BATCH, ({path}) => this.readService(path))
    const files = manifest.files.flatMap((file, index) => {
      const text = texts[index]
      return text === undefined ? [] : [{...file, text}]
    })
    const damaged = manifest.files.filter((_, index) => texts[index] === undefined).map(({path}) => path)
    return {files: [{path: 'nginx.conf', text: main, owners: [], listeners: []}, ...files], damaged}
  }

  /** Removes every generation but these, and the Services' files that none of them includes. */
  async keepOnly(generations: readonly Manifest[]): Promise<void> {
    // What cannot be removed is tried again after the next change, not at each call.
    this.littered = false
    const isKept = (path: string): boolean =>
      generations.some((each) => path === `generations/${each.id}` || pathsOf(each).has(path))
    const rest = [...this.present].filter((path) => !isKept(path))
    await inBatches(rest, BATCH, async (path) => {
      await rm(join(this.layout.directory, path), {recursive: true, force: true})
      this.present.delete(path)
      this.intact.delete(path)
      this.staged.delete(basename(path))
      this.sealed.delete(basename(path))
    })
  }

  private async stageAnew(generation: Generation): Promise<void> {
    await makeFolders(this.layout)
    const index = generation.files.filter(({owners}) => owners.length === 0)
    const services = generation.files.filter(({owners}) => owners.length > 0)
    this.present.add(`generations/${generation.id}`)
    await allEnded([this.stageServices(services), this.stageIndex(this.folderOf(generation.id), index)])
    this.staged.add(generation.id)
  }

  private async stageServices(files: readonly ConfigFile[]): Promise<void> {
    const unknown = files.filter(({path}) => !this.intact.has(path))
    await inBatches(unknown, BATCH, async ({path, text}) => {
      const there = this.present.has(path) && (await this.readService(path)) !== undefined
      const sync = unknown.length <= SYNCED
      if (!there) await this.write(join(this.layout.directory, path), text, {sync})
      this.present.add(path)
      this.intact.add(path)
    })
  }

  private async stageIndex(folder: string, index: readonly ConfigFile[]): Promise<void> {
    await makeFolder(folder)
    await allEnded(index.map(({path, text}) => this.writeWhereDifferent(join(folder, path), text)))
    const link = symlink('../../services', join(folder, 'services'))
    await link.then(() => (this.writes += 1), unless('EEXIST'))
  }

  private async writeManifest(generation: Generation): Promise<void> {
    const path = join(this.folderOf(generation.id), 'manifest.json')
    await this.writeWhereDifferent(path, formatManifest(manifestOf(generation)))
    this.sealed.add(generation.id)
  }

  private async sync(): Promise<void> {
    const files = [...this.unsynced]
    const folders = new Set(files.flatMap((path) => [dirname(path), dirname(dirname(path))]))
    // What is gone again need not last.
    await inBatches([...files, ...folders], BATCH, (path) => syncPath(path).catch(unless('ENOENT')))
    for (const path of files) this.unsynced.delete(path)
  }

  private async writeWhereDifferent(path: string, text: string): Promise<void> {
    const present = await readFile(path, 'utf8').catch(absent)
    if (present !== text) await this.write(path, text, {sync: true})
  }

  private async write(path: string, text: string, {sync}: {readonly sync: boolean}): Promise<void> {
    await writeFileAtomically(path, text, {sync: false})
    if (sync) this.unsynced.add(path)
    this.writes += 1
  }

  private folderOf(id: string): string {
    return join(this.layout.generations, id)
  }
}

/**
 * The tree that `current` names in `directory`, as it is on disk; undefined where there is none. What `render --diff live`
 * compares with: a file that somebody has removed is missing here, too.
 */
export async function readLiveGeneration(directory: string): Promise<Generation | undefined> {
  const folder = join(directory, 'current')
  const manifest = parseManifest((await readFile(join(folder, 'manifest.json'), 'utf8').catch(absent)) ?? '')
  if (!manifest) return undefined
  const index = ['nginx.conf', 'version.conf', 'services.conf'].map((path) => ({
    path,
    owners: [],
    listeners: [],
  }))
  const files = await inBatches([...index, ...manifest.files], BATCH, async (file) => {
    const text = await readFile(join(folder, file.path), 'utf8').catch(absent)
    return text === undefined ? [] : [{...file, text}]
  })
  return {id: manifest.id, files: files.flat()}
}

/** For `catch`: trouble with the disk is a Failure, and may pass. */
export function diskTrouble(cause: unknown): never {
  throw new Failure(`the folder of NGINX cannot be written: ${messageOf(cause)}`, {
    code: 'directory-unusable',
    hint: 'lbex needs free space there and the right to write (--nginx-dir)',
    temporary: true,
    cause,
  })
}

function notOurs(path: string, cause: unknown): Failure {
  return new Failure(`${path} is not the link that lbex makes`, {
    code: 'directory-unusable',
    hint: 'move it away, or choose another folder with --nginx-dir',
    cause,
  })
}

function absent(error: NodeJS.ErrnoException): undefined {
  return unless('ENOENT')(error)
}

/** Swallows the one error that is expected. */
function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error
  }
}
