/** Finds the files of a path of `-f`: a file, a folder with its subfolders, or a glob. */
import type {Stats} from 'node:fs'
import {join, resolve} from 'node:path'
import {glob} from 'tinyglobby'
import {isOwnStream} from '../../util/own-streams.js'
import {noManifests, noMatch, pathNotFound} from './file-failures.js'
import {statOf} from './file-stats.js'
import type {FindOptions, FoundFiles, FoundFile} from './found-files.js'
import {searchFolder} from './search-folder.js'

/** A path with one of these is a glob, unless it exists literally. */
const GLOB = /[*?[\]{}()!+@\\]/

/**
 * Finds the files, those of folders and globs in code-unit order. Throws a Failure: `path-not-found`, `no-manifests` for a
 * folder without any, `file-unreadable` for a folder that cannot be read.
 */
export async function findFiles(path: string, options: FindOptions): Promise<FoundFiles> {
  const stats = path === '' ? undefined : await statOf(path, options)
  if (!stats && !GLOB.test(path)) throw pathNotFound(path, options.temporary)
  const found = stats ? await search(path, stats, options) : await searchGlob(path, options)
  if (found.files.length > 0) return found
  throw (stats ? noManifests : noMatch)(path, options.temporary)
}

async function search(path: string, stats: Stats, options: FindOptions): Promise<FoundFiles> {
  if (stats.isDirectory()) return searchFolder(path, options)
  const absolute = resolve(options.cwd, path)
  const isPipe = !stats.isFile() && isOwnStream(absolute)
  return {files: [{file: path, path: absolute, isPipe}], folders: []}
}

/** Matches are read as if the shell had expanded the glob: files of any name, folders with their subfolders. */
async function searchGlob(pattern: string, options: FindOptions): Promise<FoundFiles> {
  const {base, rest} = splitGlob(pattern)
  const cwd = resolve(options.cwd, base)
  const ignore = ['**/node_modules/**']
  const matches = await glob(rest, {cwd, ignore, onlyFiles: false, expandDirectories: false})
  const files: FoundFile[] = []
  const folders = [cwd]
  for (const path of matches.map((match) => join(base, match)).sort()) {
    const stats = await statOf(path, options)
    const found = stats && (await search(path, stats, options))
    files.push(...(found?.files ?? []))
    folders.push(...(found?.folders ?? []))
  }
  return {files, folders}
}

/** The part of a path before its first wildcard, and the rest. Without a wildcard, `base` is the whole path. */
export function splitGlob(pattern: string): {readonly base: string; readonly rest: string} {
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => GLOB.test(part))
  const first = wild < 0 ? parts.length : wild
  return {
    base: parts.slice(0, first).join('/') || (pattern.startsWith('/') ? '/' : ''),
    rest: parts.slice(first).join('/'),
  }
}
