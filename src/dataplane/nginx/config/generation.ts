/**
 * A generation is a complete, self-contained set of files: nginx.conf, a file that includes the Services' files, and a version that
 * NGINX answers with once it serves this generation. `render` prints it and `run` stages it: the same bytes.
 */
import {contentHash} from '../../../core/model/content-hash.js'
import type {NginxFile} from '../../nginx-file.js'

export type Generation = {
  /** Hash of all files: what the running NGINX answers on its version socket. */
  readonly id: string
  /** nginx.conf, version.conf and services.conf first, then the Services' files by path. */
  readonly files: readonly NginxFile[]
}

/** Combines the files of a translation (or some of them); the same files in any order give the same generation. */
export function assembleGeneration(files: readonly NginxFile[]): Generation {
  const main = files.filter((file) => file.owners.length === 0)
  const services = files.filter((file) => file.owners.length > 0).sort((a, b) => (a.path < b.path ? -1 : 1))
  const includeFile: NginxFile = {
    path: 'services.conf',
    text: `# One file for each Service, named by its content.\n${includes(services)}`,
    owners: [],
    listeners: [],
  }
  const id = contentHash([...main, includeFile].map((file) => file.text).join('\0'))
  const version: NginxFile = {
    path: 'version.conf',
    text: `# The generation that a worker serves.\nreturn "${id}";\n`,
    owners: [],
    listeners: [],
  }
  return {id, files: [...main, version, includeFile, ...services]}
}

/** The files that it was assembled from. */
export function requestedFiles({files}: Generation): readonly NginxFile[] {
  return files.filter(({path}) => path !== 'version.conf' && path !== 'services.conf')
}

/** A line for each file. */
function includes(files: readonly NginxFile[]): string {
  return files.length === 0 ? '' : `include ${files.map(({path}) => path).join(';\ninclude ')};\n`
}
