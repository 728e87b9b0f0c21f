/** `render --snapshot-out`: writes the objects that were read to a file. */
import {writeFile} from 'node:fs/promises'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import {writeFileAtomically} from '../../util/atomic-write.js'
import {isDeviceOrPipe, refuseLinks} from '../../util/links.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import {toList} from '../../core/cluster/to-list.js'

/** Writes JSON, which is also YAML. Writes to devices and pipes, but not through links. Rejects with the Failure `snapshot-out`. */
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
  await refuseLinks(path, '.')
  await ((await isDeviceOrPipe(path)) ? writeFile(path, text) : writeFileAtomically(path, text))
}
