/**
 * Files of a folder that look like manifests and are none: the patches of a kustomization are parts of objects, the templates of a
 * Helm chart are no YAML before they are rendered.
 */
import {basename, dirname, resolve, sep} from 'node:path'
import {isMapping} from './fields.js'
import type {FoundFile} from './found.js'
import {parseAny} from './parse-document.js'

/** Those among `files`; `read` gives the text of one. Only files that stand beside their kustomization or chart are known. */
export async function findNoManifests(
  files: readonly FoundFile[],
  read: (file: FoundFile) => Promise<string | undefined>,
): Promise<ReadonlySet<FoundFile>> {
  const kustomizations = files.filter(({path}) => /^kustomization\.ya?ml$/.test(basename(path)))
  const patches = new Set<string>()
  for (const file of kustomizations) {
    for (const path of patchesOf((await read(file)) ?? '')) patches.add(resolve(dirname(file.path), path))
  }
  const charts = files.filter(({path}) => basename(path) === 'Chart.yaml')
  const templates = charts.map(({path}) => `${dirname(path)}${sep}templates${sep}`)
  return new Set(
    files.filter(({path}) => patches.has(path) || templates.some((folder) => path.startsWith(folder))),
  )
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
