/** Reads manifests once for `lbex check`, as the source of `-f` does, but keeps the text for showing findings and for edits. */
import {resolve} from 'node:path'
import type {Diagnostic, TextEdit} from '../../diagnostics/diagnostic.js'
import type {Ignore} from '../../diagnostics/ignore.js'
import type {SnapshotReading} from '../snapshot-source.js'
import {assembleContents, documentFinder} from './assemble.js'
import {editFor} from './edit.js'
import {findAllFiles} from './find-all-files.js'
import type {FoundFile} from './found-files.js'
import {FILES_AT_A_TIME, mapLimited} from '../../util/concurrency.js'
import {readManifest} from './manifest-file.js'
import {findNonManifests, type NonManifest} from './non-manifests.js'
import {ReadFile} from './read-file.js'
import {STDIN, TextReader, type Stdin} from './read-text.js'

export type ReadOptions = {
  /** Default: stdin of the process. */
  readonly stdin?: Stdin
  /** The name of stdin in findings. */
  readonly stdinName?: string
  /** Base of relative paths; default: the working directory. */
  readonly cwd?: string
  /** Texts to use instead of those of the files, by displayed name. */
  readonly texts?: ReadonlyMap<string, string>
  /** Accept paths without manifests. */
  readonly allowEmpty?: boolean
  /** False for a file to skip, by displayed name. */
  readonly accepts?: (file: string) => boolean
  /** Maximum bytes of one file. */
  readonly maxFileSize?: number
  /** Read the targets of all links, wherever they are. */
  readonly followLinks?: boolean
}

export type ManifestReading = SnapshotReading & {
  /** The files by displayed name. */
  readonly files: ReadonlyMap<string, ReadFile>
  readonly ignores: readonly Ignore[]
  /** Files that are not manifests: patches of kustomizations, templates of charts. */
  readonly nonManifests: readonly NonManifest[]
  /** The edit that fixes the finding; undefined if there is no safe one. */
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
  const files = await mapLimited(
    accepted.filter((file) => !none.has(file)),
    FILES_AT_A_TIME,
    async (file) => new ReadFile(file, readManifest(file.file, await read(file))),
  )
  const find = documentFinder(files)
  const objects = files.flatMap((file) => file.objects)
  const diagnostics = files.flatMap((file) => file.diagnostics)
  return {
    ...assembleContents({objects, diagnostics, find}, 'partial'),
    files: new Map(files.map((file) => [file.file, file])),
    ignores: files.flatMap((file) => file.ignores),
    nonManifests: [...none.values()],
    editFor: ({fix, field, origin}) => {
      const document = fix && field && origin && find(origin)
      return document && editFor(document, [...origin.path, ...field], fix)
    },
  }
}
