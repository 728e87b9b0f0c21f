/** Manifests read once, for `lbex check`: as the source of `-f` reads them, with the text at hand for whoever shows or mends it. */
import {resolve} from 'node:path'
import type {Diagnostic, TextEdit} from '../../diagnostics/diagnostic.js'
import type {Ignore} from '../../diagnostics/ignore.js'
import type {SnapshotReading} from '../snapshot-source.js'
import {assembleContents, documentFinder} from './assemble.js'
import {editFor} from './edit.js'
import {findAllFiles} from './find-all-files.js'
import type {FoundFile} from './found-files.js'
import {inBatches} from './in-batches.js'
import {readManifest} from './manifest-file.js'
import {findNonManifests, type NonManifest} from './non-manifests.js'
import {ReadFile} from './read-file.js'
import {STDIN, TextReader, type Stdin} from './read-text.js'

export type ReadOptions = {
  /** Default: the process's own stdin, to its end. */
  readonly stdin?: Stdin
  /** What stdin is called in findings. */
  readonly stdinName?: string
  /** Where relative paths begin; default: the working directory. */
  readonly cwd?: string
  /** Texts that stand for those of files, by the files' names as they are shown. */
  readonly texts?: ReadonlyMap<string, string>
  /** Take paths that lead to nothing for fine. */
  readonly allowEmpty?: boolean
  /** False for a file that is to be left out, by its name as it is shown. */
  readonly accepts?: (file: string) => boolean
  /** Bytes of one file. */
  readonly maxFileSize?: number
  /** Read what links lead to, wherever that is. */
  readonly followLinks?: boolean
}

export type ManifestReading = SnapshotReading & {
  /** What was read of the files, by their names as they are shown. */
  readonly files: ReadonlyMap<string, ReadFile>
  readonly ignores: readonly Ignore[]
  /** Files that are no manifests: patches of kustomizations, templates of charts. */
  readonly passedOver: readonly NonManifest[]
  /** What would mend the finding; undefined where nothing that a machine may write would. */
  readonly editFor: (diagnostic: Diagnostic) => TextEdit | undefined
}

/** Rejects with a Failure `path-not-found`, `no-manifests` or `file-unreadable`. */
export async function readManifests(
  paths: readonly string[],
  {
    stdin,
    stdinName = STDIN.file,
    cwd = '.',
    texts,
    allowEmpty,
    accepts = () => true,
    maxFileSize,
    followLinks,
  }: ReadOptions = {},
): Promise<ManifestReading> {
  const reader = new TextReader(stdin, maxFileSize)
  const {signal} = new AbortController()
  const found = await findAllFiles(paths, {cwd: resolve(cwd), temporary: false, allowEmpty, followLinks})
  const named = found.map((file) => (file === STDIN ? {...STDIN, file: stdinName} : file))
  const accepted = named.filter(({file}) => accepts(file))
  const read = async (file: FoundFile): Promise<string | undefined> =>
    texts?.get(file.file) ?? (await reader.read(file, false, signal))
  const none = await findNonManifests(accepted)
  const files = await inBatches(
    accepted.filter((file) => !none.has(file)),
    async (file) => new ReadFile(file, readManifest(file.file, await read(file))),
  )
  const find = documentFinder(files)
  const objects = files.flatMap((file) => file.objects)
  const diagnostics = files.flatMap((file) => file.diagnostics)
  return {
    ...assembleContents({objects, diagnostics, find}, 'partial'),
    files: new Map(files.map((file) => [file.file, file])),
    ignores: files.flatMap((file) => file.ignores),
    passedOver: [...none.values()],
    editFor: ({fix, field, origin}) => {
      const document = fix && field && origin && find(origin)
      return document && editFor(document, [...origin.path, ...field], fix)
    },
  }
}
