/**
 * A generation is one complete, self-contained tree of files: nginx.conf, an index that includes the Services' files, and
 * a version that NGINX answers with once it serves this tree. `render` prints it and `run` stages it: the same bytes.
 */
import {contentHash} from '../../../core/model/content-hash.js'
import type {ConfigFile} from '../../config-file.js'

export type Generation = {
  /** Hash of everything in the tree: what the running NGINX answers on its version socket. */
  readonly id: string
  /** nginx.conf, version.conf and services.conf first, then the Services' files by path. */
  readonly files: readonly ConfigFile[]
}

/** Puts the files of a translation (or a part of them) together; the same files in any order give the same generation. */
export function assembleGeneration(files: readonly ConfigFile[]): Generation {
  const main = files.filter((file) => file.owners.length === 0)
  const services = files.filter((file) => file.owners.length > 0).sort((a, b) => (a.path < b.path ? -1 : 1))
  const index: ConfigFile = {
    path: 'services.conf',
    text: `# One file for each Service, named by its content.\n${includes(services)}`,
    owners: [],
    listeners: [],
  }
  const id = contentHash([...main, index].map((file) => file.text).join('\0'))
  const version: ConfigFile = {
    path: 'version.conf',
    text: `# The generation that a worker serves.\nreturn "${id}";\n`,
    owners: [],
    listeners: [],
  }
  return {id, files: [...main, version, index, ...services]}
}

/** A line for each file. */
function includes(files: readonly ConfigFile[]): string {
  return files.length === 0 ? '' : `include ${files.map(({path}) => path).join(';\ninclude ')};\n`
}
