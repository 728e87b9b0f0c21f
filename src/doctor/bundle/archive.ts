/** Files in memory as a compressed tar archive. */
import {open, rm} from 'node:fs/promises'
import {buffer} from 'node:stream/consumers'
import {promisify} from 'node:util'
import {gzip} from 'node:zlib'
import {pack} from 'tar-stream'

export type BundleFile = {
  /** Path in the archive. */
  readonly name: string
  readonly content: string
}

const compress = promisify(gzip)

/** Only the user who asked may read it, also when it is unpacked. */
const PRIVATE = 0o600

/** Rejects with an error of the file system: with the code EEXIST if the file exists. */
export async function writeArchive(path: string, files: readonly BundleFile[]): Promise<number> {
  const bytes = await compress(await archiveOf(files))
  const file = await open(path, 'wx', PRIVATE)
  try {
    await file.writeFile(bytes)
  } catch (error) {
    await rm(path, {force: true})
    throw error
  } finally {
    await file.close()
  }
  return bytes.length
}

async function archiveOf(files: readonly BundleFile[]): Promise<Buffer> {
  const archive = pack()
  for (const {name, content} of files) archive.entry({name, mode: PRIVATE}, content)
  archive.finalize()
  return buffer(archive)
}
