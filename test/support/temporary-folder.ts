import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export type TemporaryFolder = {readonly path: string; remove(): Promise<void>}

/** An empty folder that everybody may read, as NGINX's workers (user nobody) want it. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'lbex-test-'))
  await chmod(path, 0o755)
  return {path, remove: () => rm(path, {recursive: true, force: true})}
}
