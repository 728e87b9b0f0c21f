/** Writes certificates with their keys: immutable files, named by their content, that only the user of lbex can read. */
import {chmod, readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {writeFileAtomically} from '../../../util/atomic-write.js'
import {FILES_AT_A_TIME, mapLimited} from '../../../util/concurrency.js'
import {makeFolder} from '../../../util/make-folder.js'
import type {SecretContent} from '../../nginx-file.js'
import {absent} from './disk-failure.js'
import type {Layout} from './layout.js'

export class SecretFiles {
  /** Paths whose content this lbex checked or wrote. */
  private readonly intact = new Set<string>()

  constructor(private readonly layout: Pick<Layout, 'directory' | 'tls'>) {}

  /** Writes the files that are missing or damaged, and adds them to `present`. Returns the paths that it wrote. */
  async write(secrets: readonly SecretContent[], present: Set<string>): Promise<string[]> {
    const unchecked = secrets.filter(({path, pem}) => pem && !this.intact.has(path))
    if (unchecked.length === 0) return []
    await makeFolder(this.layout.tls)
    await chmod(this.layout.tls, 0o700)
    const written = await mapLimited(unchecked, FILES_AT_A_TIME, async ({path, pem}) => {
      const [file, text] = [join(this.layout.directory, path), pem?.reveal() ?? '']
      const isIntact = present.has(path) && (await readFile(file, 'utf8').catch(absent)) === text
      if (!isIntact) await writeFileAtomically(file, text, {sync: false, mode: 0o600})
      present.add(path)
      this.intact.add(path)
      return isIntact ? [] : [path]
    })
    return written.flat()
  }

  /** The file was removed from disk. */
  remove(path: string): void {
    this.intact.delete(path)
  }

  /** The files may have been damaged since: `write` checks them again. */
  forget(): void {
    this.intact.clear()
  }
}

/** Empty if the folder does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(absent)) ?? []
}
