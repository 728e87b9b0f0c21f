/**
 * Files that look like manifests and are none: the patches of a kustomization are parts of objects, the templates of a Helm chart are
 * no YAML before they are rendered. They are known by what stands in the folders above them, so that it does not matter whether a
 * file was named or found: hooks hand over files one by one, without their chart.
 */
import {existsSync, lstatSync, realpathSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {isBelow} from '../../util/leads-out.js'
import {readBounded} from '../../util/read-bounded.js'
import {repositoryRoot} from '../../util/repository-root.js'
import {isMapping} from './fields.js'
import type {FoundFile} from './found-files.js'
import {inBatches} from './in-batches.js'
import {parseAny} from './parse-document.js'

export type NonManifest = {
  /** As it is shown. */
  readonly file: string
  readonly is: 'patch' | 'template'
  /** The folder of the kustomization or the chart, absolute. */
  readonly of: string
}

/** Those among `files`. A patch that only a kustomization elsewhere names is known where a file of that folder is among them too. */
export async function findNonManifests(
  files: readonly FoundFile[],
): Promise<ReadonlyMap<FoundFile, NonManifest>> {
  const named = files.filter(({isPipe, isOutside}) => !isPipe && !isOutside)
  const folders = [...new Set(named.flatMap(({path}) => foldersAbove(path)))]
  const charts = new Set(folders.filter((folder) => isThere(join(folder, 'Chart.yaml'))))
  const patches = new Map((await inBatches(folders, patchesOfFolder)).flat())
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

/** Nothing that a link out of its repository leads to counts. */
function isThere(path: string): boolean {
  if (!lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink()) return existsSync(path)
  return existsSync(path) && isBelow(realpathSync(path), repositoryRoot(realpathSync(dirname(path))))
}

function isTemplates(folder: string): boolean {
  return basename(folder) === 'templates'
}

/** From the nearest one to the root. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path)
  return folder === path ? [] : [folder, ...foldersAbove(folder)]
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization-root */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

async function patchesOfFolder(folder: string): Promise<[patch: string, folder: string][]> {
  const paths = KUSTOMIZATIONS.map((name) => join(folder, name)).filter(isThere)
  // Where one cannot be read, whoever reads the manifests says so.
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

/** A patch may also be written out in its place. */
function pathOf(patch: unknown): string[] {
  const path = isMapping(patch) ? patch['path'] : patch
  return typeof path === 'string' && !path.includes('\n') ? [path] : []
}
