/** Writes what was read to a file, for `render --snapshot-out`. */
import {realpath, stat, writeFile} from 'node:fs/promises'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {writeFileAtomically} from '../../util/atomic-write.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import {toList} from '../../core/cluster/to-list.js'

/** As JSON, which is YAML too. Devices and pipes are written to, links are followed. Rejects with the Failure `snapshot-out`. */
export async function writeSnapshot(path: string, snapshot: ClusterSnapshot): Promise<void> {
  try {
    await write(path, `${JSON.stringify(toList(snapshot), undefined, 2)}\n`)
  } catch (cause) {
    throw new Failure(`cannot write ${path}: ${messageOf(cause)}`, {
      code: 'snapshot-out',
      hint: 'name a file in a folder that you may write to',
      cause,
    })
  }
}

async function write(path: string, text: string): Promise<void> {
  const present = await stat(path).catch(() => undefined)
  if (present && !present.isFile()) return writeFile(path, text)
  await writeFileAtomically(present ? await realpath(path) : path, text)
}
