/** Remarks about files that are templates or patches of manifests: how to check what is built from them. */
import {relative} from 'node:path'
import {oneLine} from '../../diagnostics/escape.js'
import type {NonManifest} from '../../sources/manifests/non-manifests.js'

const PLURALS = {patch: 'patches', template: 'templates'} as const
const BUILT_BY = {patch: 'kustomize build', template: 'helm template'} as const

/** Maximum number of file names in one remark. */
const NAMED = 3

/** A line for each kustomization and each chart. */
export function skippedRemarks(nonManifests: readonly NonManifest[], cwd: string): string[] {
  const groups = new Map<string, NonManifest[]>()
  for (const one of nonManifests) {
    const key = `${one.is} ${one.of}`
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()].flatMap((group) => (group[0] ? [remark(group[0], group, cwd)] : []))
}

function remark({is, of}: NonManifest, group: readonly NonManifest[], cwd: string): string {
  const folder = relative(cwd, of) || '.'
  const names = group.slice(0, NAMED).map(({file}) => file)
  const rest = group.length > NAMED ? [`${group.length - NAMED} more`] : []
  const count = group.length === 1 ? `1 ${is}` : `${group.length} ${PLURALS[is]}`
  return oneLine(
    `not checked: ${count} of ${folder} (${[...names, ...rest].join(', ')}): ${BUILT_BY[is]} ${folder} | lbex check -`,
  )
}
