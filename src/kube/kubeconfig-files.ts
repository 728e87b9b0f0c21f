/**
 * The kubeconfigs that kubectl would read, merged by its rules
 * (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files).
 */
import {existsSync} from 'node:fs'
import {homedir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import type {RawKubeconfig} from './kubeconfig.js'

export type KubeconfigFiles = {
  /** If there are several, those that do not exist are skipped. */
  readonly paths: readonly string[]
  /** For messages about the content: a path, or several with colons. */
  readonly label: string
  /** Who chose them, for messages: `--kubeconfig PATH`. */
  readonly through: string
}

/** The files of KUBECONFIG, else ~/.kube/config if it exists, else undefined. */
export function filesOfKubectl(
  environment: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean = existsSync,
): KubeconfigFiles | undefined {
  const paths = (environment['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '')
  const label = paths.join(':')
  if (paths.length > 0) return {paths, label, through: `KUBECONFIG=${label}`}
  const usual = join(environment['HOME'] || homedir(), '.kube/config')
  return exists(usual) ? {paths: [usual], label: usual, through: usual} : undefined
}

export type ReadKubeconfig = {readonly path: string; readonly raw: RawKubeconfig}

/** The first file that has an entry or a current context wins. Paths in a file are relative to its folder. */
export function mergeKubeconfigs(files: readonly ReadKubeconfig[]): RawKubeconfig {
  const all = files.map(({path, raw}) => withAbsolutePaths(raw, dirname(resolve(path))))
  const current = all.map((raw) => raw['current-context']).find(Boolean)
  return {
    ...(current !== undefined && {'current-context': current}),
    clusters: all.flatMap(({clusters}) => clusters ?? []),
    users: all.flatMap(({users}) => users ?? []),
    contexts: all.flatMap(({contexts}) => contexts ?? []),
  }
}

const CLUSTER_PATHS = ['certificate-authority']
const USER_PATHS = ['client-certificate', 'client-key', 'tokenFile']

/** Fields of another type than expected stay as they are: they are checked later. */
function withAbsolutePaths(raw: RawKubeconfig, folder: string): RawKubeconfig {
  const clusters = listOf(raw.clusters)?.map((entry) => withPaths(entry, 'cluster', CLUSTER_PATHS, folder))
  const users = listOf(raw.users)?.map((entry) =>
    withCommand(withPaths(entry, 'user', USER_PATHS, folder), folder),
  )
  return {...raw, ...(clusters && {clusters}), ...(users && {users})}
}

function listOf(value: unknown): readonly Entry[] | undefined {
  return Array.isArray(value) ? (value as readonly Entry[]) : undefined
}

type Entry = Readonly<Record<string, unknown>>

function withPaths(entry: Entry, key: string, names: readonly string[], folder: string): Entry {
  const value = mapping(mapping(entry)?.[key])
  if (!value) return entry
  const paths = names.flatMap((name): [string, string][] => {
    const path = value[name]
    return typeof path === 'string' && path !== '' ? [[name, resolve(folder, path)]] : []
  })
  return {...entry, [key]: {...value, ...Object.fromEntries(paths)}}
}

/** A command without a slash is found in PATH. */
function withCommand(entry: Entry, folder: string): Entry {
  const user = mapping(mapping(entry)?.['user'])
  const exec = mapping(user?.['exec'])
  const command = exec?.['command']
  if (!user || typeof command !== 'string' || !command.includes('/')) return entry
  return {...entry, user: {...user, exec: {...exec, command: resolve(folder, command)}}}
}

function mapping(value: unknown): Entry | undefined {
  return typeof value === 'object' && value !== null ? (value as Entry) : undefined
}
