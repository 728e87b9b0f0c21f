/** The kinds that are read, and how; everything else passes by. */
import type {Diagnostic, ObjectRef, Origin, Subject} from '../../diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import {isMapping, type Field} from './fields.js'
import {clusterRef, namespacedRef} from './metadata.js'
import {projectEndpointSlice} from './project-endpoint-slice.js'
import {projectEndpoints} from './project-endpoints.js'
import {projectNode} from './project-node.js'
import {projectService} from './project-service.js'

/** The lists of a snapshot, or what one object adds to them. */
export type ObjectLists = Pick<ClusterSnapshot, 'services' | 'endpointSlices' | 'endpoints' | 'nodes'>

export type ManifestKind = {
  readonly name: string
  readonly apiVersions: readonly string[]
  /** Names the object, whatever is wrong with it, and returns how to read it. */
  readonly open: (value: unknown, origin: Origin) => OpenObject
}

export type OpenObject = {
  readonly subject: Subject
  /** What the object adds to a snapshot; `found` is what is wrong with it, by the time it has been read. */
  readonly project: (object: Field, found: readonly Diagnostic[]) => Partial<ObjectLists>
}

/** What the members of a List leave out: a typed List (`ServiceList`) says it once for all of them. */
export type MemberDefaults = {readonly kind?: string; readonly apiVersion?: string}

/** Findings about fields that the API server drops: it accepts the rest, unless a client asks for strict validation. */
const DROPPED: ReadonlySet<string> = new Set(['unknown-field', 'server-set-field'])

const KINDS: readonly ManifestKind[] = [
  kind('Service', ['v1'], namespacedRef, (object, about, found) => {
    const service = {...about, ...projectService(object)}
    const isRefused = found.some(({code}) => !DROPPED.has(code))
    return {services: [isRefused ? {...service, refused: true} : service]}
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

/** The kind of an object; undefined when it is none that is read. */
export function kindOf(value: unknown, defaults: MemberDefaults = {}): ManifestKind | undefined {
  const {kind: name = defaults.kind, apiVersion = defaults.apiVersion} = ownFields(value)
  const found = KINDS.find((known) => known.name === name)
  const otherGroup = typeof apiVersion === 'string' && apiVersion.includes('/')
  return otherGroup && !found?.apiVersions.includes(apiVersion) ? undefined : found
}

/** What the members of `value` leave out, when it is a List of objects that may be read; undefined when it is none. */
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
 * True for a text that need not be parsed, because it says that it is of another kind. When in doubt, it may be ours: only
 * a line that begins with `kind:` counts, and every such line.
 */
export function isOfOtherKind(text: string): boolean {
  const names = [...text.matchAll(KIND_LINE)].map((match) => match[2] ?? '')
  return names.length > 0 && names.every((name) => !MAY_BE_READ.has(name))
}

const MAY_BE_READ = new Set(['List', ...KINDS.flatMap(({name}) => [name, `${name}List`])])
