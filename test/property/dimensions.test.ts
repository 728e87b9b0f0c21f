/**
 * No dimension of an input may cost more than n log n, in time or in output. Each one grows eightfold in three doublings:
 * CPU time may then grow to 30 times as much (n log n: about 11 times, n squared: 64 times).
 */
import assert from 'node:assert/strict'
import {applyIgnores} from '../../src/lint/apply-ignores.js'
import {findInPools} from '../../src/lint/find-in-pools.js'
import {findPoolOverlaps} from '../../src/lint/pool-overlap.js'
import {sortDiagnostics, type Diagnostic} from '../../src/diagnostics/diagnostic.js'
import {reporter} from '../../src/diagnostics/reporter.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {allocateListeners} from '../../src/core/model/allocate-listeners.js'
import {diagnosticsText} from '../../src/report/diagnostics-text.js'
import {Field} from '../../src/sources/manifests/fields.js'
import {projectService} from '../../src/sources/manifests/project-service.js'
import {readManifests} from '../../src/sources/manifests/read-manifests.js'
import {translate} from '../support/translate.js'
import {anEndpoint, aNode, aService, aSlice, aSnapshot, options} from '../support/builders.js'
import {planFor} from '../support/shared-listeners.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'

const DOUBLINGS = [1, 2, 4, 8]
const MOST_TIME = 30
const MOST_OUTPUT = 12
/** Milliseconds. Shorter runs are not measured precisely enough to be compared. */
const LEAST_TIME = 10

/** Bytes. */
const LEAST_OUTPUT = 1000

type Work = () => number | Promise<number>
/** Prepares the work for a size. The work returns the size of its output in bytes. */
type Dimension = {readonly base: number; readonly prepare: (size: number) => Work}

const range = (count: number): number[] => Array.from({length: count}, (_, index) => index)
const ip = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
/** With the limits, the cost of one Service is constant above a certain size. */
const unlimited = {
  maxListenersPerService: Infinity,
  maxServersPerService: Infinity,
  maxSourceRangesPerService: Infinity,
}

function translated(snapshot: ClusterSnapshot, limits: object = unlimited): number {
  const {files, diagnostics} = translate(snapshot, options(limits))
  const configuration = files.reduce((sum, {text}) => sum + text.length, 0)
  return configuration + diagnosticsText(sortDiagnostics(diagnostics)).length
}

/** Each run creates new objects, because results are cached by identity. */
const onCluster = (base: number, make: (size: number) => ClusterSnapshot, limits?: object): Dimension => ({
  base,
  prepare: (size) => {
    const snapshot = make(size)
    return () => translated(snapshot, limits)
  },
})

async function checked(text: string): Promise<number> {
  const {snapshot, diagnostics, locate, ignores} = await readManifests(['-'], {stdin: () => text})
  const located = locate([...diagnostics, ...findInPools(snapshot, options(unlimited))])
  const {kept, unused} = applyIgnores(located, ignores, () => false)
  return diagnosticsText(sortDiagnostics([...kept, ...unused])).length
}

const onManifests = (base: number, make: (size: number) => string): Dimension => ({
  base,
  prepare: (size) => {
    const text = make(size)
    return () => checked(text)
  },
})

function servicePorts(count: number, listen: (index: number) => number) {
  const ports = range(count).map((index) => ({
    name: `p${index}`,
    protocol: 'TCP',
    port: 1 + (index % 60_000),
  }))
  const wishes = ports.map(({name}, index) => [`loadbalancer-port.lbex/${name}`, String(listen(index))])
  return aService('web')
    .with({ports: ports.map((port) => ({...port, nodePort: 30_000}))})
    .annotated({'upstream-type': 'pod', ...Object.fromEntries(wishes)})
}

const web = aService('web').port('http', 80, {listen: 8080})
const podWeb = web.annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8080)
const backend = slice.endpoints(anEndpoint('10.1.0.1').on('a'))
const slicePorts = (count: number) =>
  backend.with({ports: range(count).map((index) => ({name: `p${index}`, protocol: 'TCP', port: 8080}))})
const unlabelled = slice.with({serviceName: ''})
const node = aNode('a').internal('192.168.0.1')

const annotations = (count: number, key: (index: number) => string): Record<string, string> =>
  Object.fromEntries(range(count).map((index) => [key(index), '8080']))

const document = (name: string, annotation: string): string =>
  [
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    `  name: ${name}`,
    '  annotations:',
    '    kubernetes.io/loadbalancer-class: loadbalancer-lbex',
    `    ${annotation}`,
    'spec:',
    '  type: NodePort',
    '  ports: [{name: http, port: 80}]',
    '',
  ].join('\n')

/** One Service with an annotation for each of its ports. */
const manyPorts = (count: number): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'web',
      annotations: {
        'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
        ...Object.fromEntries(
          range(count).map((index) => [`loadbalancer-port.lbex/p${index}`, String(10_000 + index)]),
        ),
      },
    },
    spec: {
      type: 'NodePort',
      ports: range(count).map((index) => ({name: `p${index}`, port: 1 + index, nodePort: 30_000 + index})),
    },
  })

const DIMENSIONS: Readonly<Record<string, Dimension>> = {
  'unknown annotations of one Service': onCluster(2000, (size) =>
    aSnapshot([web.annotated(annotations(size, (index) => `loadbalancer.lbex/a${index}`)), backend, node]),
  ),
  'annotations for ports that one Service does not have, and its ports': onCluster(500, (size) =>
    aSnapshot([
      servicePorts(size, (index) => 10_000 + index).annotated(
        annotations(size, (index) => `loadbalancer-port.lbex/q${index}`),
      ),
      slicePorts(1),
    ]),
  ),
  'ports of one Service': onCluster(250, (size) =>
    aSnapshot([servicePorts(size, (index) => 10_000 + index), slicePorts(size)]),
  ),
  'ports of one Service that ask for one listener': onCluster(500, (size) =>
    aSnapshot([servicePorts(size, () => 8080), slicePorts(size)]),
  ),
  'slices of one Service': onCluster(1000, (size) =>
    aSnapshot([
      podWeb,
      ...range(size).map((index) => slice.named(`web-${index}`).endpoints(anEndpoint(ip(index)))),
    ]),
  ),
  'slices without the label of their Service': onCluster(1000, (size) =>
    aSnapshot([podWeb, ...range(size).map((index) => unlabelled.named(`web-${index}`))]),
  ),
  'parts of the names of slices without the label of their Service': onCluster(250, (size) =>
    aSnapshot([podWeb, ...range(51).map((index) => unlabelled.named(`a${index}${'-a'.repeat(size)}`))]),
  ),
  'endpoints of one slice': onCluster(500, (size) =>
    aSnapshot([podWeb, slice.endpoints(...range(size).map((index) => anEndpoint(ip(index))))]),
  ),
  'endpoints whose addresses are refused': onCluster(500, (size) =>
    aSnapshot([podWeb, slice.endpoints(...range(size).map((index) => anEndpoint(`pod-${index}`)))]),
  ),
  'ports of one Service and its endpoints, beyond the limits': onCluster(
    100,
    (size) =>
      aSnapshot([
        servicePorts(size, (index) => 10_000 + index).with({sessionAffinity: 'ClientIP'}),
        slicePorts(size).endpoints(...range(size).map((index) => anEndpoint(ip(index)))),
      ]),
    {maxListenersPerService: 50, maxServersPerService: 500},
  ),
  nodes: onCluster(500, (size) =>
    aSnapshot([
      web.annotated({'node-set': 'all'}),
      ...range(size).map((index) => aNode(`n${index}`).internal(ip(index))),
    ]),
  ),
  'source ranges': onCluster(500, (size) =>
    aSnapshot([
      podWeb.with({loadBalancerSourceRanges: range(size).map((index) => `${ip(index)}/32`)}),
      backend,
    ]),
  ),
  'source ranges that are not valid': onCluster(500, (size) =>
    aSnapshot([podWeb.with({loadBalancerSourceRanges: range(size).map((index) => `${index}`)}), backend]),
  ),
  'listen addresses': onCluster(200, (size) =>
    aSnapshot([podWeb.annotated({'listen-address': range(size).map(ip).join()}), backend]),
  ),
  'nodes that endpoints name, and that are not there': onCluster(500, (size) =>
    aSnapshot([
      web,
      node,
      slice.endpoints(...range(size).map((index) => anEndpoint(ip(index)).on(`n${index}`))),
    ]),
  ),
  'characters of the names of annotations and ports': onCluster(1000, (size) =>
    aSnapshot([
      web.port(`p${'x'.repeat(size)}`, 81, {listen: 8081}).annotated({
        [`loadbalancer-port.lbex/${'y'.repeat(size)}`]: '1',
        [`loadbalancer.lbex/${'z'.repeat(size)}`]: '1',
        [`loadbalancer${'.l'.repeat(size)}bex/port`]: '1',
        algorithm: 'q'.repeat(size),
      }),
      backend,
      node,
    ]),
  ),
  'Services of many pools that ask for one listener': {
    base: 3000,
    prepare: (size) => {
      const services = range(size).map((index) =>
        aService(`s${index}`)
          .port('http', 80, {listen: 8080})
          .annotated({passthrough: `${index}`, 'service-pool': `p${index}`})
          .build(),
      )
      return () => findPoolOverlaps(services, options(unlimited)).length
    },
  },
  'pools and nodes': {
    base: 200,
    prepare: (size) => {
      const services = range(size).map((index) =>
        aService(`s${index}`)
          .port('http', 80, {listen: 1000 + index})
          .annotated({'upstream-type': 'pod', 'service-pool': `p${index}`}),
      )
      const nodes = range(size).map((index) => aNode(`n${index}`).internal(ip(index)))
      const snapshot = aSnapshot([...services, ...nodes])
      return () => diagnosticsText(findInPools(snapshot, options(unlimited))).length
    },
  },
  'SNI names of one listener': {
    base: 1000,
    prepare: (size) => {
      const plan = planFor({name: 'web', wishes: [{}]})
      const requests = range(size).flatMap((index) =>
        plan.requests.map((request) => ({...request, match: {type: 'sni', name: `s${index}`} as const})),
      )
      return () => allocateListeners([{...plan, requests}], {certificatePerName: true}).diagnostics.length
    },
  },
  'Services that ask for one listener': onCluster(250, (size) =>
    aSnapshot([...range(size).map((index) => aService(`s${index}`).port('http', 80, {listen: 8080})), node]),
  ),
  'ports of one Service in a file': onManifests(1000, manyPorts),
  'ports of one Service in a file, without the parser': {
    base: 2000,
    prepare: (size) => {
      const [object, found]: [unknown, Diagnostic[]] = [JSON.parse(manyPorts(size)), []]
      const report = reporter({ref: {kind: 'Service', name: 'web'}}, found)
      return () => {
        projectService(new Field(object, [], {report, sourceOf: () => ''}))
        return diagnosticsText(found).length
      }
    },
  },
  'documents of one file': onManifests(100, (size) =>
    range(size)
      .map((index) => document(`s${index}`, `loadbalancer-port.lbex/http: "${10_000 + index}"`))
      .join('---\n'),
  ),
  'documents of many pools that ask for one listener': onManifests(100, (size) =>
    range(size)
      .map((index) =>
        document(
          `s${index}`,
          `loadbalancer-port.lbex/http: "8080"\n    loadbalancer.lbex/service-pool: p${index}\n    loadbalancer.lbex/passthrough: "${index}"`,
        ),
      )
      .join('---\n'),
  ),
  'comments that ignore findings, by line': onManifests(250, (size) =>
    document(
      'web',
      range(size)
        .map((index) => `a.lbex/a${index}: x # lbex-ignore annotation-unknown`)
        .join('\n    '),
    ),
  ),
  'comments that ignore findings, by document': onManifests(
    250,
    (size) =>
      range(size)
        .map(() => '# lbex-ignore port-invalid\n')
        .join('') + document('web', 'x: y'),
  ),
}

/** CPU milliseconds of the fastest of three runs, and the size of its output. */
async function measure({prepare}: Dimension, size: number): Promise<{time: number; output: number}> {
  let [time, output] = [Infinity, 0]
  for (let run = 0; run < 2; run += 1) {
    const work = prepare(size)
    const before = process.cpuUsage()
    output = await work()
    const {user, system} = process.cpuUsage(before)
    time = Math.min(time, (user + system) / 1000)
  }
  return {time: Math.max(time, LEAST_TIME), output}
}

describe('an input of twice the size', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  for (const [name, dimension] of Object.entries(DIMENSIONS)) {
    it(`takes at most n log n time: ${name}`, async () => {
      await measure(dimension, dimension.base)
      const costs = []
      for (const factor of DOUBLINGS) costs.push(await measure(dimension, factor * dimension.base))
      const [small, large] = [costs[0], costs.at(-1)] as const
      assert.ok(small && large)
      const text = costs.map(({time, output}) => `${time.toFixed(0)} ms, ${output} bytes`).join('; ')
      assert.ok(large.time <= MOST_TIME * small.time, `time grows too fast: ${text}`)
      assert.ok(
        large.output <= MOST_OUTPUT * Math.max(small.output, LEAST_OUTPUT),
        `output grows too fast: ${text}`,
      )
    })
  }
})
