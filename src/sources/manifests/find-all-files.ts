/** The files that several paths lead to. */
import {existsSync, realpathSync, statSync} from 'node:fs'
import {lstat, realpath} from 'node:fs/promises'
import {dirname, resolve, sep} from 'node:path'
import {Failure} from '../../diagnostics/failure.js'
import {repositoryRoot} from '../../util/repository-root.js'
import {findFiles, splitGlob} from './find-files.js'
import type {FindOptions, FoundFile} from './found.js'
import {inBatches} from './in-batches.js'
import {STDIN} from './read-text.js'

/** Every file once, in the order of the paths; `-` is stdin. Throws a Failure like findFiles, unless `allowEmpty` takes nothing for fine. */
export async function findAllFiles(
  paths: readonly string[],
  options: FindOptions & {readonly allowEmpty?: boolean; readonly followLinks?: boolean},
): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (const path of paths) {
    const found = path === STDIN.path ? [STDIN] : await filesOf(path, options)
    files.push(...found)
  }
  const firsts = await firstOfEach(files)
  if (options.followLinks) return firsts.map(({file}) => file)
  const roots = paths.flatMap((path) => rootsOf(resolve(options.cwd, path), options.cwd))
  return firsts.map((placed) => (isInside(placed, roots) ? placed.file : {...placed.file, isOutside: true}))
}

/** A repository that is not trusted may hold a link to any file of the host: the folder that was named, and its repository. */
function rootsOf(path: string, cwd: string): string[] {
  const isFolder = statSync(path, {throwIfNoEntry: false})?.isDirectory()
  const folder = isFolder ? path : existsSync(path) ? dirname(path) : resolve(cwd, splitGlob(path).base)
  if (!existsSync(folder)) return []
  const real = realpathSync(folder)
  return [real, repositoryRoot(real)]
}

/** What /dev and /proc name is a stream of this process, wherever that leads. */
function isInside({file, realPath}: Placed, roots: readonly string[]): boolean {
  if (file.isPipe || /^\/(?:dev|proc)\//.test(file.path) || realPath === file.path) return true
  return roots.some((root) => realPath.startsWith(root.endsWith(sep) ? root : root + sep))
}

async function filesOf(
  path: string,
  options: FindOptions & {readonly allowEmpty?: boolean},
): Promise<readonly FoundFile[]> {
  try {
    return (await findFiles(path, options)).files
  } catch (error) {
    const isEmpty =
      error instanceof Failure && (error.code === 'path-not-found' || error.code === 'no-manifests')
    if (isEmpty && options.allowEmpty) return []
    throw error
  }
}

type Placed = {readonly file: FoundFile; readonly realPath: string; readonly isLink: boolean}

/** A file that several paths or links lead to is read once, by a name that is no link where there is one. */
async function firstOfEach(files: readonly FoundFile[]): Promise<Placed[]> {
  const firsts = new Map<string, Placed>()
  for (const placed of await inBatches(files, place)) {
    const first = firsts.get(placed.realPath)
    if (!first || (first.isLink && !placed.isLink)) firsts.set(placed.realPath, placed)
  }
  return [...firsts.values()]
}

/** A pipe is a link in /dev/fd, and a link may lead nowhere: they stand for themselves. */
async function place(file: FoundFile): Promise<Placed> {
  const itself = {file, realPath: file.path, isLink: false}
  if (file.isPipe) return itself
  try {
    const [realPath, stats] = await Promise.all([realpath(file.path), lstat(file.path)])
    return {file, realPath, isLink: stats.isSymbolicLink()}
  } catch {
    return itself
  }
}
