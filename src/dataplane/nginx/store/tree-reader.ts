/** Reads the generations on disk. */
import {readdir, readFile, readlink} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {contentHash} from '../../../core/model/content-hash.js'
import {Failure} from '../../../diagnostics/failure.js'
import {FILES_AT_A_TIME, mapLimited} from '../../../util/concurrency.js'
import type {NginxFile} from '../../nginx-file.js'
import type {Generation} from '../config/generation.js'
import {absent} from './disk-failure.js'
import {fileOf, parseIndex, type GenerationIndex, type IndexedFile} from './generation-index.js'
import type {Layout} from './layout.js'

export class TreeReader {
  constructor(protected readonly layout: Layout) {}

  /** Id of the generation that `current` names. */
  async current(): Promise<string | undefined> {
    const {current} = this.layout
    const target = await readlink(current).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EINVAL') throw notOurs(current, error)
      return absent(error)
    })
    return target === undefined ? undefined : basename(target)
  }

  async readIndex(id: string): Promise<GenerationIndex | undefined> {
    const text = await readFile(this.indexPath(id), 'utf8').catch(absent)
    return text === undefined ? undefined : parseIndex(text)
  }

  /** Text of a Service's file; undefined if it does not exist, or if its content does not match its name. */
  async readService(path: string): Promise<string | undefined> {
    const text = await readFile(join(this.layout.directory, path), 'utf8').catch(absent)
    return text !== undefined && path.endsWith(`-${contentHash(text)}.conf`) ? text : undefined
  }

  /**
   * The files to request in order to serve again what `current` names; undefined if it names nothing. Damaged files of Services
   * are left out and named: if they were written again with their damaged content, their names would not match it.
   */
  async readCurrent(): Promise<{files: NginxFile[]; damaged: string[]} | undefined> {
    const id = await this.current()
    const index = id === undefined ? undefined : await this.readIndex(id)
    if (!index) return undefined
    const main = await readFile(join(this.folderOf(index.id), 'nginx.conf'), 'utf8').catch(absent)
    if (main === undefined) return undefined
    const texts = await mapLimited(index.files, FILES_AT_A_TIME, ({path}) => this.readService(path))
    const files = index.files.flatMap((file, position) => {
      const text = texts[position]
      return text === undefined ? [] : [fileOf(file, text)]
    })
    const damaged = index.files.filter((_, position) => texts[position] === undefined).map(({path}) => path)
    const scripts = await readScripts(this.folderOf(index.id))
    return {
      files: [{path: 'nginx.conf', text: main, owners: [], listeners: []}, ...scripts, ...files],
      damaged,
    }
  }

  protected folderOf(id: string): string {
    return join(this.layout.generations, id)
  }

  /** The name of the file is the one that other versions of lbex read. */
  protected indexPath(id: string): string {
    return join(this.folderOf(id), 'manifest.json')
  }
}

/**
 * The generation that `current` names in `directory`, as it is on disk; undefined if there is none. `render --diff live` compares
 * with it: a file that was removed from the disk is missing here, too.
 */
export async function readLiveGeneration(directory: string): Promise<Generation | undefined> {
  const folder = join(directory, 'current')
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(absent)
  const index = text === undefined ? undefined : parseIndex(text)
  if (!index) return undefined
  const mainFiles = ['nginx.conf', 'version.conf', 'services.conf'].map((path): IndexedFile => ({
    path,
    owners: [],
    listeners: [],
  }))
  const scripts = await readScripts(folder)
  const files = await mapLimited([...mainFiles, ...index.files], FILES_AT_A_TIME, async (file) => {
    const content = await readFile(join(folder, file.path), 'utf8').catch(absent)
    return content === undefined ? [] : [fileOf(file, content)]
  })
  return {id: index.id, files: [...files.flat(), ...scripts]}
}

/** What nginx.conf imports: the script of live updates, if they are on. */
async function readScripts(folder: string): Promise<NginxFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  return mapLimited(names, FILES_AT_A_TIME, async (path) => {
    return {path, text: await readFile(join(folder, path), 'utf8'), owners: [], listeners: []}
  })
}

function notOurs(path: string, cause: unknown): Failure {
  return new Failure(`${path} is not a link that lbex created`, {
    code: 'directory-unusable',
    hint: 'move it away, or choose another folder with --nginx-dir',
    cause,
  })
}
