/**
 * What lbex check says is what run and render say: for generated clusters, written down as manifests and read again, the errors
 * and warnings are the same, in the same words and at the same places.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import {findProblems} from '../../src/lint/find-problems.js'
import {
  describeField,
  describeObject,
  sortDiagnostics,
  type Diagnostic,
} from '../../src/diagnostics/diagnostic.js'
import type {EndpointSlice, Node, Service} from '../../src/core/cluster/objects.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {createManifestSource} from '../../src/sources/manifests/manifest-source.js'
import {readManifests} from '../../src/sources/manifests/read-manifests.js'
import {translate} from '../support/translate.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {checkAsync} from './check.js'
import {UNKNOWN_HOST_STATE} from '../../src/core/model/host-state.js'
import {cluster, someOptions} from './clusters.js'

/** Only lbex check compares pools, and Services that the API server would reject together. */
const CHECK_ALONE = new Set(['pool-overlap', 'node-port-conflict'])

const told = (diagnostics: readonly Diagnostic[]): string[] =>
  sortDiagnostics(diagnostics)
    .filter(({severity, code}) => severity !== 'info' && !CHECK_ALONE.has(code))
    .map(({severity, code, message, hint, object, field, location}) =>
      [
        `${location?.line}:${location?.column}`,
        severity,
        code,
        describeObject(object),
        describeField(field ?? []),
        message,
        hint,
      ].join(' '),
    )

/** Manifests of a repository need not have the Secrets that their Services name, but a whole cluster does. */
function withoutSecrets(snapshot: ClusterSnapshot): ClusterSnapshot {
  const isOther = ([key]: [string, string]): boolean => !key.startsWith('loadbalancer.lbex/tls-')
  const services = snapshot.services.map((service) => ({
    ...service,
    annotations: Object.fromEntries(Object.entries(service.annotations).filter(isOther)),
  }))
  return {...snapshot, services}
}

async function agree(
  snapshot: ClusterSnapshot,
  options: Parameters<typeof translate>[1],
  coverage: 'complete' | 'partial',
) {
  const text = manifestsOf(coverage === 'complete' ? withoutSecrets(snapshot) : snapshot)
  const checked = await readManifests(['-'], {stdin: () => text})
  const found = checked.locate([...checked.diagnostics, ...findProblems(checked.snapshot, options)])
  const source = createManifestSource({paths: ['-'], stdin: () => text, coverage})
  const run = await source.read(new AbortController().signal)
  const served = run.locate([...run.diagnostics, ...translate(run.snapshot, options).diagnostics])
  assert.deepEqual(told(found), told(served), text)
}

describe('lbex check agrees', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('with render, for any manifest', () =>
    checkAsync(
      fc.asyncProperty(cluster, someOptions, (snapshot, options) =>
        agree(snapshot, {...options, host: UNKNOWN_HOST_STATE}, 'partial'),
      ),
      1000,
    ))

  it('with run, for a complete cluster', () =>
    checkAsync(
      fc.asyncProperty(cluster, someOptions, (snapshot, options) =>
        agree(completed(snapshot), {...options, host: UNKNOWN_HOST_STATE}, 'complete'),
      ),
      1000,
    ))
})

/** Adds everything that only a cluster has: for `run` a missing part is an error, for `check` it is unknown. */
function completed(snapshot: ClusterSnapshot): ClusterSnapshot {
  const services = snapshot.services.map((service, index) => ({
    ...service,
    clusterIPs: service.clusterIPs.length > 0 ? service.clusterIPs : [`10.97.0.${index + 1}`],
    ports: service.ports.map((port, at) => ({...port, nodePort: port.nodePort ?? 31_000 + index * 10 + at})),
  }))
  const nodes = snapshot.nodes.length > 0 ? snapshot.nodes : [NODE]
  const withSlices = new Set([...snapshot.endpointSlices, ...snapshot.endpoints].map(owner))
  const missing = services.filter(({ref}) => !withSlices.has(`${ref.namespace}/${ref.name}`))
  return {
    ...snapshot,
    services,
    nodes,
    endpointSlices: [...snapshot.endpointSlices, ...missing.map(emptySlice)],
  }
}

const NODE: Node = {ref: {kind: 'Node', name: 'n1'}, labels: {}, addresses: [], taints: [], ready: 'True'}

function owner({ref, serviceName}: EndpointSlice): string {
  return `${ref.namespace}/${serviceName}`
}

function emptySlice({ref}: Service): EndpointSlice {
  const name = `${ref.name}-none`
  return {
    ref: {kind: 'EndpointSlice', namespace: ref.namespace, name},
    serviceName: ref.name,
    addressType: 'IPv4',
    endpoints: [],
    ports: [],
  }
}

/** A cluster as one file; JSON is YAML. */
function manifestsOf({services, endpointSlices, endpoints, nodes}: ClusterSnapshot): string {
  const objects = [
    ...services.map(serviceManifest),
    ...[...endpointSlices, ...endpoints].map(sliceManifest),
    ...nodes.map(nodeManifest),
  ]
  return objects.map((object) => `---\n${JSON.stringify(object, undefined, 2)}\n`).join('')
}

function serviceManifest(service: Service): object {
  const {
    ref,
    uid,
    creationTimestamp,
    deletionTimestamp,
    annotations,
    clusterIPs,
    hasSelector,
    affinityTimeout: timeoutSeconds,
    refused: _,
    origin: __,
    ...spec
  } = service
  const {name, namespace} = ref
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name, namespace, uid, creationTimestamp, deletionTimestamp, annotations},
    spec: {
      ...spec,
      ports: spec.ports.map((port) => ({...port, name: port.name || undefined})),
      clusterIP: clusterIPs[0],
      clusterIPs: clusterIPs.length > 0 ? clusterIPs : undefined,
      selector: hasSelector ? {app: name} : undefined,
      ...(timeoutSeconds !== undefined && {sessionAffinityConfig: {clientIP: {timeoutSeconds}}}),
    },
  }
}

function sliceManifest({ref, serviceName, addressType, endpoints, ports}: EndpointSlice): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {name: ref.name, namespace: ref.namespace, labels: {'kubernetes.io/service-name': serviceName}},
    addressType,
    endpoints: endpoints.map(({zoneHints, ...endpoint}) => ({
      ...endpoint,
      ...(zoneHints && {hints: {forZones: zoneHints.map((zone) => ({name: zone}))}}),
    })),
    ports,
  }
}

function nodeManifest({ref, labels, addresses, taints, ready, deletionTimestamp}: Node): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name: ref.name, labels, deletionTimestamp},
    spec: {taints: taints.map((key) => ({key, effect: 'NoSchedule'}))},
    status: {
      addresses,
      conditions: ready === undefined ? [] : [{type: 'Ready', status: ready}],
    },
  }
}
