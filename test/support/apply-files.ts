import type {ConfigFile} from '../../src/dataplane/config-file.js'
import type {Applied, DataPlane, PrepareOptions} from '../../src/dataplane/data-plane.js'

/** Prepares files and commits them at once. */
export async function applyFiles(
  nginx: DataPlane,
  files: readonly ConfigFile[],
  signal: AbortSignal,
  options: PrepareOptions = {},
): Promise<Applied> {
  return nginx.commit(await nginx.prepare(files, signal, options), signal)
}
