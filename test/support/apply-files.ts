import type {NginxFile} from '../../src/dataplane/nginx-file.js'
import type {Applied, DataPlane, PrepareOptions} from '../../src/dataplane/data-plane.js'

/** Prepares files and commits them at once. */
export async function applyFiles(
  nginx: DataPlane,
  files: readonly NginxFile[],
  signal: AbortSignal,
  options: PrepareOptions = {},
): Promise<Applied> {
  return nginx.commit(await nginx.prepare(files, signal, options), signal)
}
