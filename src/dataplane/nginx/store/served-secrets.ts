/** Reads the certificates that the generation in use needs: what an earlier lbex served. */
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {FILES_AT_A_TIME, mapLimited} from '../../../util/concurrency.js'
import {layoutOf} from './layout.js'
import {TreeReader} from './tree-reader.js'

export type ServedSecret = {
  /** `tls/NAME-HASH.pem` */
  readonly path: string
  readonly text: string
}

/** Files that cannot be read are skipped. */
export async function readServedSecrets(directory: string): Promise<ServedSecret[]> {
  const tree = new TreeReader(layoutOf(directory))
  const id = await tree.current().catch(() => undefined)
  const index = id === undefined ? undefined : await tree.readIndex(id).catch(() => undefined)
  const paths = new Set(index?.files.flatMap(({secrets = []}) => secrets))
  const found = await mapLimited([...paths], FILES_AT_A_TIME, async (path) => {
    const text = await readFile(join(directory, path), 'utf8').catch(() => undefined)
    return text === undefined ? [] : [{path, text}]
  })
  return found.flat()
}
