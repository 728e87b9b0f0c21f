/** Writes the files of `render --output-dir`. It replaces and removes only files that it wrote itself. */
import {readdir, readFile, rm, rmdir} from 'node:fs/promises'
import {dirname, join, normalize, sep} from 'node:path'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {PlainFile} from '../../report/diff-text.js'
import {refuseLinks, writeWithoutLinks} from '../../util/links.js'
import {makeFolder} from '../../util/make-folder.js'

/** The list of files that a later `render` may replace. */
const INVENTORY = '.lbex-render.json'

/**
 * Writes `files` (paths are relative to `folder`) and removes those of an earlier output; other files in the folder stay. Rejects
 * with a Failure if the folder is neither empty nor an earlier output, or cannot be written.
 */
export async function writeOutputFolder(folder: string, files: readonly PlainFile[]): Promise<void> {
  try {
    await refuseLinks(folder, '.')
    await makeFolder(folder)
    const earlier = await earlierOutput(folder)
    const paths = files.map(({path}) => path)
    await writeInventory(folder, [...new Set([...earlier, ...paths])])
    await Promise.all(files.map((file) => writeInto(folder, file)))
    await removeFrom(
      folder,
      earlier.filter((path) => !paths.includes(path)),
    )
    await writeInventory(folder, paths)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`cannot write to ${folder}: ${messageOf(error)}`, {code: 'output-dir', cause: error})
  }
}

/** The files of `folder` and its subfolders, without the inventory. Rejects with a Failure if the folder cannot be read. */
export async function readOutputFolder(folder: string): Promise<PlainFile[]> {
  try {
    const entries = await readdir(folder, {recursive: true, withFileTypes: true})
    const paths = entries
      .filter((entry) => entry.isFile() && entry.name !== INVENTORY)
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length))
    return await Promise.all(
      paths.map(async (path) => ({path, text: await readFile(join(folder, path), 'utf8')})),
    )
  } catch (error) {
    throw new Failure(`cannot read ${folder}: ${messageOf(error)}`, {
      code: 'diff-dir',
      hint: 'name a folder that --output-dir wrote, or live',
      cause: error,
    })
  }
}

async function earlierOutput(folder: string): Promise<string[]> {
  const present = await readdir(folder)
  if (present.length === 0) return []
  if (present.includes(INVENTORY)) return readInventory(folder)
  throw new Failure(`${folder} is not empty and was not written by lbex render`, {
    code: 'output-dir-not-empty',
    hint: 'name an empty or a new folder',
  })
}

async function readInventory(folder: string): Promise<string[]> {
  await refuseLinks(join(folder, INVENTORY), folder)
  const {files} = JSON.parse(await readFile(join(folder, INVENTORY), 'utf8')) as {files: string[]}
  return files.filter((path) => !normalize(path).startsWith('..'))
}

async function writeInventory(folder: string, files: readonly string[]): Promise<void> {
  const text = `${JSON.stringify({files: [...files].sort()}, undefined, 2)}\n`
  await writeWithoutLinks(join(folder, INVENTORY), text, folder)
}

async function writeInto(folder: string, {path, text}: PlainFile): Promise<void> {
  await refuseLinks(join(folder, path), folder)
  await makeFolder(dirname(join(folder, path)))
  await writeWithoutLinks(join(folder, path), text, folder)
}

async function removeFrom(folder: string, paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (path) => {
      await refuseLinks(join(folder, path), folder)
      await rm(join(folder, path), {force: true})
    }),
  )
  const subfolders = new Set(paths.map((path) => dirname(path)).filter((path) => path !== '.'))
  // rmdir fails on folders that are not empty: they stay.
  await Promise.all([...subfolders].map((path) => rmdir(join(folder, path)).catch(() => {})))
}
