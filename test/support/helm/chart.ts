/**
 * The chart in deploy/helm as `helm template` renders it: by helm if it is installed, otherwise by template.ts, which implements as
 * much of Helm as the chart uses. Neither needs a cluster.
 */
import {spawnSync} from 'node:child_process'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import Ajv from 'ajv'
import {parse, parseAllDocuments} from 'yaml'
import type {KubernetesObject} from '../kubernetes-schema.js'
import {temporaryFolder} from '../temporary-folder.js'
import {TemplateRenderer} from './template.js'

export type Values = {readonly [name: string]: unknown}
export type Release = {
  readonly name: string
  readonly namespace: string
  /** Of the cluster. */
  readonly kubeVersion?: string
}
/** What `helm template` prints, or why it refuses. */
export type Rendering = {readonly text: string} | {readonly refused: string}

/** The version of a cluster that has every field of the chart. */
const RECENT = 'v1.33.0'

export const chartFolder = fileURLToPath(new URL('../../../deploy/helm/lbex', import.meta.url))
const read = (path: string): string => readFileSync(join(chartFolder, path), 'utf8')

/** The program, if there is one: Helm is in no package of Debian. */
export function hasHelm(): boolean {
  return spawnSync('helm', ['version', '--short']).status === 0
}

export function chartOf(): {readonly version: string; readonly appVersion: string} {
  return parse(read('Chart.yaml')) as {version: string; appVersion: string}
}

export function defaultValues(): Values {
  return parse(read('values.yaml')) as Values
}

export function valuesSchema(): object {
  return JSON.parse(read('values.schema.json')) as object
}

/** The documents of a rendering; throws if it was refused. */
export function objectsIn(rendering: Rendering): KubernetesObject[] {
  if ('refused' in rendering) throw new Error(rendering.refused)
  return parseAllDocuments(rendering.text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${document.errors[0]?.message}\n${rendering.text}`)
    return (document.toJS() as KubernetesObject | null) ?? []
  })
}

/** By template.ts. */
export function renderHere(values: Values, release: Release): Rendering {
  const merged = merge(defaultValues(), values)
  const ajv = new Ajv({allErrors: true})
  if (!ajv.validate(valuesSchema(), merged)) return {refused: ajv.errorsText(ajv.errors, {dataVar: 'values'})}
  try {
    return {text: rendered(merged, release).join('\n---\n')}
  } catch (error) {
    return {refused: (error as Error).message}
  }
}

/** By helm. */
export async function renderByHelm(
  values: Values,
  {name, namespace, kubeVersion = RECENT}: Release,
): Promise<Rendering> {
  const folder = await temporaryFolder()
  try {
    const file = join(folder.path, 'values.json')
    writeFileSync(file, JSON.stringify(values))
    const parameters = ['template', name, chartFolder, '--namespace', namespace, '--values', file]
    parameters.push('--kube-version', kubeVersion)
    const {status, stdout, stderr} = spawnSync('helm', parameters, {encoding: 'utf8'})
    return status === 0 ? {text: stdout} : {refused: stderr}
  } finally {
    await folder.remove()
  }
}

/** NOTES.txt is for people, and not part of what helm template prints. */
function rendered(values: Values, {name, namespace, kubeVersion = RECENT}: Release): string[] {
  const {version, appVersion} = chartOf()
  const names = readdirSync(join(chartFolder, 'templates')).sort()
  const sources = new Map(names.map((file) => [file, read(`templates/${file}`)]))
  const texts = new TemplateRenderer(sources).render({
    Values: values,
    Chart: {Name: 'lbex', Version: version, AppVersion: appVersion},
    Release: {Name: name, Namespace: namespace, Service: 'Helm'},
    Capabilities: {KubeVersion: {Version: kubeVersion}},
  })
  return [...texts].filter(([file]) => file.endsWith('.yaml')).map(([, text]) => text)
}

/** As helm merges: objects field by field, everything else as a whole. */
function merge(base: Values, over: Values): Values {
  const isObject = (value: unknown): value is Values =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const changed = Object.entries(over).map(([name, value]) => {
    const before = base[name]
    return [name, isObject(before) && isObject(value) ? merge(before, value) : value] as const
  })
  return {...base, ...Object.fromEntries(changed)}
}
