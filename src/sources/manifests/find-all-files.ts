/** Finds the files of several paths of `-f`. */
import {existsSync, realpathSync, statSync} from 'node:fs'
import {lstat, realpath} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {Failure} from '../../diagnostics/failure.js'
import {isBelow, leadsOut} from '../../util/leads-out.js'
import {isOwnStream} from '../../util/own-streams.js'
import {repositoryRoot} from '../../util/repository-root.js'
import {findFiles, splitGlob} from './find-files.js'
import type {FindOptions, FoundFile} from './found-files.js'
import {FILES_AT_A_TIME, mapLimited} from '../../util/concurrency.js'
import {STDIN} from './read-text.js'

type LinkOptions = FindOptions & {readonly followLinks?: boolean}

/** Every file once, in the order of the paths; `-` is stdin. Throws a Failure like findFiles; with `allowEmpty`, paths without files are no error. */
export async function findAllFiles(
  paths: readonly string[],
  options: LinkOptions & {readonly allowEmpty?: boolean},
): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (const path of paths) {
    const found = (await isBehindLink(path, options)) ? [outside(path, options)] : undefined
    files.push(...(found ?? (path === STDIN.path ? [STDIN] : await filesOf(path, options))))
  }
  const firsts = await firstOfEach(files)
  if (options.followLinks) return firsts.map(({file}) => file)
  const roots = paths.flatMap((path) => rootsOf(resolve(options.cwd, path), options.cwd))
  return firsts.map((resolved) =>
    isInside(resolved, roots) ? resolved.file : {...resolved.file, isOutside: true},
  )
}

/** A link to a file may lead into the folder of another path, so isInside checks it. */
async function isBehindLink(path: string, {cwd, followLinks}: LinkOptions): Promise<boolean> {
  const absolute = resolve(cwd, path)
  if (followLinks || path === STDIN.path || isOwnStream(absolute)) return false
  const isFile = statSync(absolute, {throwIfNoEntry: false})?.isDirectory() === false
  return leadsOut(isFile ? dirname(absolute) : absolute, cwd)
}

function outside(path: string, {cwd}: LinkOptions): FoundFile {
  return {file: path, path: resolve(cwd, path), isPipe: false, isOutside: true}
}

/** An untrusted repository may contain a link to any file of the host: links may only lead into the given folder and its repository. */
function rootsOf(path: string, cwd: string): string[] {
  const isFolder = statSync(path, {throwIfNoEntry: false})?.isDirectory()
  const folder = isFolder ? path : existsSync(path) ? dirname(path) : resolve(cwd, splitGlob(path).base)
  if (!existsSync(folder)) return []
  const real = realpathSync(folder)
  return [real, repositoryRoot(real)]
}

/** Streams of this process may lead anywhere. */
function isInside({file, realPath}: ResolvedFile, roots: readonly string[]): boolean {
  if (file.isPipe || isOwnStream(file.path) || realPath === file.path) return true
  return roots.some((root) => isBelow(realPath, root))
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

type ResolvedFile = {readonly file: FoundFile; readonly realPath: string; readonly isLink: boolean}

/** Keeps a file that several paths or links lead to once, preferably by a path that is not a link. */
async function firstOfEach(files: readonly FoundFile[]): Promise<ResolvedFile[]> {
  const firsts = new Map<string, ResolvedFile>()
  for (const resolved of await mapLimited(files, FILES_AT_A_TIME, resolveFile)) {
    const first = firsts.get(resolved.realPath)
    if (!first || (first.isLink && !resolved.isLink)) firsts.set(resolved.realPath, resolved)
  }
  return [...firsts.values()]
}

/** Pipes (links in /dev/fd) and dangling links are not resolved. */
async function resolveFile(file: FoundFile): Promise<ResolvedFile> {
  const itself = {file, realPath: file.path, isLink: false}
  if (file.isPipe) return itself
  try {
    const [realPath, stats] = await Promise.all([realpath(file.path), lstat(file.path)])
    return {file, realPath, isLink: stats.isSymbolicLink()}
  } catch {
    return itself
  }
}
