/**
 * Finds files that look like manifests but are not: patches of a kustomization are parts of objects, and templates of a Helm chart
 * are not YAML before they are rendered. They are recognized by the files in the folders above them, because a pre-commit hook
 * passes single files, without their chart.
 */
import {existsSync, lstatSync, realpathSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {isBelow} from '../../util/leads-out.js'
import {readBounded} from '../../util/read-bounded.js'
import {repositoryRoot} from '../../util/repository-root.js'
import {isMapping} from './fields.js'
import type {FoundFile} from './found-files.js'
import {FILES_AT_A_TIME, mapLimited} from '../../util/concurrency.js'
import {parseAny} from './parse-document.js'

export type NonManifest = {
  /** Displayed name. */
  readonly file: string
  readonly is: 'patch' | 'template'
  /** The folder of the kustomization or the chart, absolute. */
  readonly of: string
}

/** A patch that is only in a kustomization elsewhere is recognized if `files` has a file of that folder, too. */
export async function findNonManifests(
  files: readonly FoundFile[],
): Promise<ReadonlyMap<FoundFile, NonManifest>> {
  const named = files.filter(({isPipe, isOutside}) => !isPipe && !isOutside)
  const folders = [...new Set(named.flatMap(({path}) => foldersAbove(path)))]
  const charts = new Set(folders.filter((folder) => existsInside(join(folder, 'Chart.yaml'))))
  const patches = new Map((await mapLimited(folders, FILES_AT_A_TIME, patchesOfFolder)).flat())
  const none = new Map<FoundFile, NonManifest>()
  for (const found of named) {
    const {file, path} = found
    const kustomization = patches.get(path)
    const chart = foldersAbove(path).find((folder) => isTemplates(folder) && charts.has(dirname(folder)))
    if (kustomization !== undefined) none.set(found, {file, is: 'patch', of: kustomization})
    else if (chart !== undefined) none.set(found, {file, is: 'template', of: dirname(chart)})
  }
  return none
}

/** Ignores links that lead out of their repository. */
function existsInside(path: string): boolean {
  if (!lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink()) return existsSync(path)
  return existsSync(path) && isBelow(realpathSync(path), repositoryRoot(realpathSync(dirname(path))))
}

function isTemplates(folder: string): boolean {
  return basename(folder) === 'templates'
}

/** From the nearest one up to the root. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path)
  return folder === path ? [] : [folder, ...foldersAbove(folder)]
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization-root */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

async function patchesOfFolder(folder: string): Promise<[patch: string, folder: string][]> {
  const paths = KUSTOMIZATIONS.map((name) => join(folder, name)).filter(existsInside)
  // If one cannot be read, reading the manifests reports it.
  const texts = await Promise.all(paths.map(textOf))
  return texts.flatMap(patchesOf).map((patch) => [resolve(folder, patch), folder])
}

/** Bytes of a kustomization. */
const MAX_BYTES = 1024 * 1024

async function textOf(path: string): Promise<string> {
  return readBounded(path, {limit: MAX_BYTES}).then(String, () => '')
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ and its predecessors. */
function patchesOf(text: string): string[] {
  const parsed = parseAny(text)
  const value = 'value' in parsed && isMapping(parsed.value) ? parsed.value : {}
  const lists = [value['patches'], value['patchesStrategicMerge'], value['patchesJson6902']]
  return lists.filter(Array.isArray).flat().flatMap(pathOf)
}

/** A patch may also be inline. */
function pathOf(patch: unknown): string[] {
  const path = isMapping(patch) ? patch['path'] : patch
  return typeof path === 'string' && !path.includes('\n') ? [path] : []
}
