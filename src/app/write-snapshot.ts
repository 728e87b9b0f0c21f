/** Writes what was read to a file, for `render --snapshot-out`. */
import {Failure, messageOf} from '../diagnostics/failure.js'
import {writeFileAtomically} from '../runtime/atomic-write.js'
import type {ClusterSnapshot} from '../snapshot/snapshot.js'
import {toList} from '../snapshot/to-list.js'

/** As JSON, which is YAML too. Rejects with the Failure `snapshot-out`. */
export async function writeSnapshot(path: string, snapshot: ClusterSnapshot): Promise<void> {
  try {
    await writeFileAtomically(path, `${JSON.stringify(toList(snapshot), undefined, 2)}\n`)
  } catch (cause) {
    throw new Failure(`cannot write ${path}: ${messageOf(cause)}`, {
      code: 'snapshot-out',
      hint: 'name a file in a folder that you may write to',
      cause,
    })
  }
}
