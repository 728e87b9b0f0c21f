/**
 * Selects and validates the entries of a kubeconfig that one context uses
 * (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/), and handles the fields that client-node ignores.
 */
import {dirname, isAbsolute, resolve} from 'node:path'
import {Failure} from '../diagnostics/failure.js'
import {nearest} from '../diagnostics/nearest.js'
import {refuseProvider} from './auth-provider.js'
import {clusterForLibrary, proxyOf, serverOf, type KubeconfigCluster} from './kubeconfig-cluster.js'

type NamedEntry<K extends string, V> = {readonly name?: string} & {readonly [key in K]?: V | null}

type KubeconfigExec = {
  readonly command?: string
  readonly apiVersion?: string
  readonly env?: readonly object[] | null
  readonly provideClusterInfo?: boolean
}

type KubeconfigUser = {
  readonly tokenFile?: string
  readonly exec?: KubeconfigExec | null
  readonly 'as-uid'?: string
  readonly 'as-groups'?: readonly string[]
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[]>>
  readonly [field: string]: unknown
}

export type RawKubeconfig = {
  readonly 'current-context'?: string
  readonly clusters?: readonly NamedEntry<'cluster', KubeconfigCluster>[] | null
  readonly users?: readonly NamedEntry<'user', KubeconfigUser>[] | null
  readonly contexts?:
    readonly NamedEntry<'context', {readonly cluster?: string; readonly user?: string}>[] | null
}

export type ChosenContext = {
  readonly context: string
  readonly server: URL
  /** A kubeconfig with this context only, for KubeConfig.loadFromString. */
  readonly text: string
  readonly tokenFile?: string
  readonly usesExec: boolean
  readonly proxy?: URL | undefined
  /** Impersonation headers that KubeConfig does not set. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/** `wanted`: the name of a context; default: the current one. Throws a Failure that says what is missing or not valid. */
export function chooseContext(raw: RawKubeconfig, path: string, wanted: string | undefined): ChosenContext {
  checkLists(raw, path)
  const context = wanted ?? raw['current-context']
  if (!context) throw noContext(raw, path)
  const {cluster: clusterName, user: userName} = find(raw.contexts, 'context', context, path)
  const cluster = find(raw.clusters, 'cluster', clusterName, path)
  const user = userName ? find(raw.users, 'user', userName, path) : {}
  check(cluster, CLUSTER_FIELDS, `clusters[${clusterName}].cluster`, path)
  checkUser(user, `users[${userName}].user`, path)
  refuseProvider(user['auth-provider'], `users[${userName}].user`, path)
  const server = serverOf(cluster, clusterName, path)
  const proxy = proxyOf(cluster, clusterName, path)
  return {
    context,
    server,
    text: JSON.stringify(
      oneContext(context, clusterForLibrary(cluster, server), prepareUser(user, cluster, path)),
    ),
    usesExec: Boolean(user.exec),
    ...(proxy && {proxy}),
    headers: impersonation(user),
    ...(user.tokenFile && {tokenFile: resolve(dirname(path), user.tokenFile)}),
  }
}

/** The types of fields, with their names in messages. */
const SHAPES = {
  string: {name: 'a string', fits: (value: unknown) => typeof value === 'string'},
  mapping: {name: 'a mapping', fits: isMapping},
  strings: {
    name: 'a list of strings',
    fits: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  },
  mappings: {
    name: 'a list of mappings',
    fits: (value: unknown) => Array.isArray(value) && value.every(isMapping),
  },
}

type FieldTypes = Readonly<Record<string, keyof typeof SHAPES>>

const LISTS = {clusters: 'cluster', users: 'user', contexts: 'context'} as const

const CONFIG_FIELDS: FieldTypes = {
  'current-context': 'string',
  clusters: 'mappings',
  users: 'mappings',
  contexts: 'mappings',
}
const CONTEXT_FIELDS: FieldTypes = {cluster: 'string', user: 'string'}
const CLUSTER_FIELDS: FieldTypes = {
  server: 'string',
  'certificate-authority': 'string',
  'certificate-authority-data': 'string',
  'tls-server-name': 'string',
  'proxy-url': 'string',
}
const USER_FIELDS: FieldTypes = {
  token: 'string',
  tokenFile: 'string',
  username: 'string',
  password: 'string',
  'client-certificate': 'string',
  'client-certificate-data': 'string',
  'client-key': 'string',
  'client-key-data': 'string',
  as: 'string',
  'as-uid': 'string',
  'as-groups': 'strings',
  'as-user-extra': 'mapping',
  exec: 'mapping',
  'auth-provider': 'mapping',
}
const EXEC_FIELDS: FieldTypes = {
  command: 'string',
  apiVersion: 'string',
  args: 'strings',
  env: 'mappings',
}

/** Entries that the context does not use are only checked as far as they are searched. */
function checkLists(raw: RawKubeconfig, path: string): void {
  check(raw, CONFIG_FIELDS, '', path)
  for (const [list, key] of Object.entries(LISTS) as [keyof typeof LISTS, string][]) {
    const entries: readonly object[] = raw[list] ?? []
    entries.forEach((entry, at) => check(entry, {name: 'string', [key]: 'mapping'}, `${list}[${at}]`, path))
  }
  raw.contexts?.forEach(({context}, at) =>
    check(context ?? {}, CONTEXT_FIELDS, `contexts[${at}].context`, path),
  )
}

function checkUser(user: KubeconfigUser, place: string, path: string): void {
  check(user, USER_FIELDS, place, path)
  check(user.exec ?? {}, EXEC_FIELDS, `${place}.exec`, path)
  check(user['auth-provider'] ?? {}, {name: 'string', config: 'mapping'}, `${place}.auth-provider`, path)
}

/** The message never quotes a value: it may be a token. */
function check(value: object, fields: FieldTypes, place: string, path: string): void {
  for (const [key, shape] of Object.entries(fields)) {
    const field = (value as Readonly<Record<string, unknown>>)[key] ?? undefined
    if (field === undefined || SHAPES[shape].fits(field)) continue
    throw new Failure(
      `in the kubeconfig ${path}, ${place && `${place}.`}${key} must be ${SHAPES[shape].name}`,
      {
        code: 'kubeconfig-invalid',
      },
    )
  }
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function find<K extends string, V>(
  list: readonly NamedEntry<K, V>[] | null | undefined,
  key: K,
  name: string | undefined,
  path: string,
): V {
  const entry = list?.find((other) => other.name === name)
  const value: V | null | undefined = entry?.[key]
  if (value) return value
  const names = (list ?? []).flatMap((other) => other.name ?? [])
  const guess = nearest(name ?? '', names)
  throw new Failure(`the kubeconfig ${path} has no ${key} ${JSON.stringify(name ?? '')}`, {
    code: key === 'context' ? 'kubeconfig-context' : 'kubeconfig-invalid',
    hint: `it has ${names.length > 0 ? names.join(', ') : 'none'}${guess ? `; did you mean ${guess}?` : ''}`,
  })
}

function noContext({contexts}: RawKubeconfig, path: string): Failure {
  const names = (contexts ?? []).flatMap(({name}) => name ?? [])
  return new Failure(`the kubeconfig ${path} has no current context`, {
    code: 'kubeconfig-context',
    hint: names.length > 0 ? `name one with --context: ${names.join(', ')}` : 'it has no contexts',
  })
}

/** Removes tokenFile, which lbex reads itself and which takes precedence over token, and sets up the exec plugin as client-go does. */
function prepareUser(
  {tokenFile, exec, ...user}: KubeconfigUser,
  cluster: KubeconfigCluster,
  path: string,
): object {
  return {
    ...user,
    ...(tokenFile && {token: undefined}),
    ...(exec && {
      exec: {...exec, command: commandOf(exec, path), env: [...(exec.env ?? []), execInfo(exec, cluster)]},
    }),
  }
}

/** As in client-go, a relative path is relative to the folder of the kubeconfig; a name without a slash is found in PATH. */
function commandOf({command}: KubeconfigExec, path: string): string {
  if (!command) {
    throw new Failure(`in the kubeconfig ${path}, users[].user.exec has no command`, {
      code: 'kubeconfig-invalid',
    })
  }
  return command.includes('/') && !isAbsolute(command) ? resolve(dirname(path), command) : command
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
function execInfo({apiVersion, provideClusterInfo}: KubeconfigExec, cluster: KubeconfigCluster): object {
  const spec = {interactive: false, ...(provideClusterInfo && {cluster})}
  return {name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify({kind: 'ExecCredential', apiVersion, spec})}
}

/** https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/ */
function impersonation(user: KubeconfigUser): Record<string, string | readonly string[]> {
  const extra = Object.entries(user['as-user-extra'] ?? {})
  return {
    ...(user['as-uid'] && {'Impersonate-Uid': user['as-uid']}),
    ...(user['as-groups']?.length && {'Impersonate-Group': user['as-groups']}),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values]),
    ),
  }
}

/** The entries get fixed names. A context without a user gets an empty user. */
function oneContext(context: string, cluster: object, user: object): object {
  return {
    'current-context': context,
    clusters: [{name: 'cluster', cluster}],
    users: [{name: 'user', user}],
    contexts: [{name: context, context: {cluster: 'cluster', user: 'user'}}],
  }
}
