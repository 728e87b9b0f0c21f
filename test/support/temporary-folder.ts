import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export type TemporaryFolder = {readonly path: string; remove(): Promise<void>}

/** An empty folder that all users can read, because NGINX's workers run as another user (nobody). */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'lbex-test-'))
  await chmod(path, 0o755)
  return {path, remove: () => rm(path, {recursive: true, force: true})}
}
