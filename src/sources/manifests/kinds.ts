/** The kinds that are read from manifests. Other objects are skipped. */
import type {Diagnostic, ObjectRef, Origin, Subject} from '../../diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import {isMapping, type Field} from './fields.js'
import {clusterRef, namespacedRef} from './metadata.js'
import {projectEndpointSlice} from './project-endpoint-slice.js'
import {projectEndpoints} from './project-endpoints.js'
import {projectNode} from './project-node.js'
import {projectSecret} from './project-secret.js'
import {projectService} from './project-service.js'
import {readStatusAddresses} from './status-addresses.js'

/** The lists of a snapshot, or the entries of one object. */
export type ObjectLists = Pick<
  ClusterSnapshot,
  'services' | 'endpointSlices' | 'endpoints' | 'nodes' | 'secrets' | 'statusAddresses'
>

export type ManifestKind = {
  readonly name: string
  readonly apiVersions: readonly string[]
  /** Names the object, even if it is invalid, and returns the function that reads it. */
  readonly open: (value: unknown, origin: Origin) => OpenObject
}

export type OpenObject = {
  readonly subject: Subject
  /** The entries of the object in a snapshot; `found` collects its problems while it is read. */
  readonly project: (object: Field, found: readonly Diagnostic[]) => Partial<ObjectLists>
}

/** Fields that the members of a typed List (`ServiceList`) inherit from it. */
export type MemberDefaults = {readonly kind?: string; readonly apiVersion?: string}

/** Findings about fields that the API server drops. It accepts the object, unless a client requests strict validation. */
const DROPPED: ReadonlySet<string> = new Set(['unknown-field', 'server-set-field'])

const KINDS: readonly ManifestKind[] = [
  kind('Service', ['v1'], namespacedRef, (object, about, found) => {
    const service = {...about, ...projectService(object)}
    const isRefused = found.some(({code}) => !DROPPED.has(code))
    const statusAddresses = readStatusAddresses(object, service)
    return {
      services: [isRefused ? {...service, refused: true} : service],
      ...(statusAddresses && {statusAddresses}),
    }
  }),
  kind(
    'EndpointSlice',
    ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'],
    namespacedRef,
    (object, about) => ({
      endpointSlices: [{...about, ...projectEndpointSlice(object)}],
    }),
  ),
  kind('Endpoints', ['v1'], namespacedRef, (object, about) => ({
    endpoints: projectEndpoints(object).map((slice) => ({...about, serviceName: about.ref.name, ...slice})),
  })),
  kind('Node', ['v1'], clusterRef, (object, about) => ({nodes: [{...about, ...projectNode(object)}]})),
  // SOPS encrypts the values: what the cluster gets is unknown.
  kind('Secret', ['v1'], namespacedRef, (object, about) =>
    object.get('sops').isAbsent ? {secrets: [{...about, ...projectSecret(object)}]} : {},
  ),
]

function kind<R extends ObjectRef>(
  name: string,
  apiVersions: readonly string[],
  refer: (kind: string, value: unknown) => R,
  project: (
    object: Field,
    about: {readonly ref: R; readonly origin: Origin},
    found: readonly Diagnostic[],
  ) => Partial<ObjectLists>,
): ManifestKind {
  return {
    name,
    apiVersions,
    open: (value, origin) => {
      const about = {ref: refer(name, value), origin}
      return {subject: about, project: (object, found) => project(object, about, found)}
    },
  }
}

/** The kind of an object; undefined if it is not one of these. */
export function kindOf(value: unknown, defaults: MemberDefaults = {}): ManifestKind | undefined {
  const {kind: name = defaults.kind, apiVersion = defaults.apiVersion} = ownFields(value)
  const found = KINDS.find((known) => known.name === name)
  const otherGroup = typeof apiVersion === 'string' && apiVersion.includes('/')
  return otherGroup && !found?.apiVersions.includes(apiVersion) ? undefined : found
}

/** The fields that members of the List `value` inherit; undefined if it is not a List of these kinds. */
export function listDefaults(value: unknown): MemberDefaults | undefined {
  const {kind: name, apiVersion} = ownFields(value)
  if (name === 'List' && (apiVersion === undefined || apiVersion === 'v1')) return {}
  const member = KINDS.find((known) => `${known.name}List` === name)
  return typeof apiVersion === 'string' && member?.apiVersions.includes(apiVersion)
    ? {kind: member.name, apiVersion}
    : undefined
}

function ownFields(value: unknown): {readonly kind?: unknown; readonly apiVersion?: unknown} {
  return isMapping(value) ? value : {}
}

const KIND_LINE = /^kind[ \t]*:[ \t]+(["']?)([A-Za-z]+)\1[ \t]*(?:#.*)?\r?$/gm

/**
 * True for a text that need not be parsed, because all of its lines that begin with `kind:` name other kinds. False in case of
 * doubt.
 */
export function isOfOtherKind(text: string): boolean {
  const names = [...text.matchAll(KIND_LINE)].map((match) => match[2] ?? '')
  return names.length > 0 && names.every((name) => !MAY_BE_READ.has(name))
}

const MAY_BE_READ = new Set(['List', ...KINDS.flatMap(({name}) => [name, `${name}List`])])
