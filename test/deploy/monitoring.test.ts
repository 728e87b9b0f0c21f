/** deploy/monitoring/: rules and panels ask for metrics that exist, and the monitors fit the Pods of deploy/. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {parse, parseAllDocuments} from 'yaml'
import {METRICS} from '../../src/controller/metrics/catalogue.js'
import {TRAFFIC_METRICS} from '../../src/observe/traffic/catalogue.js'
import {root} from '../commands/lbex.js'
import {schemaProblems, type KubernetesObject} from '../support/kubernetes-schema.js'
import {queryProblems} from '../support/metric-queries.js'

type GridPos = {readonly h: number; readonly w: number; readonly x: number; readonly y: number}
type Panel = {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: GridPos
  readonly datasource?: {readonly type: string; readonly uid: string}
  readonly targets?: readonly {readonly refId: string; readonly expr: string}[]
}
type Variable = {
  readonly name: string
  readonly type: string
  readonly query: string | {readonly query: string}
}
type Dashboard = {
  readonly uid: string
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly templating: {readonly list: readonly Variable[]}
}
type Monitor = KubernetesObject & {
  readonly apiVersion: string
  readonly spec: {
    readonly jobLabel: string
    readonly selector: {readonly matchLabels: Readonly<Record<string, string>>}
    readonly endpoints?: readonly Endpoint[]
    readonly podMetricsEndpoints?: readonly Endpoint[]
  }
}
type Endpoint = {readonly port: string; readonly path: string; readonly honorLabels: boolean}

const read = (name: string): string => readFileSync(join(root, 'deploy', name), 'utf8')
const objectsIn = (name: string): KubernetesObject[] =>
  parseAllDocuments(read(name)).map((document) => document.toJS() as KubernetesObject)

describe('the recording rules', () => {
  const {groups} = parse(read('monitoring/recording-rules.yaml')) as {
    groups: {rules: {record: string; expr: string}[]}[]
  }

  it('ask for metrics that exist, and have names of the form level:metric:operation', () => {
    const rules = groups.flatMap((group) => group.rules)
    assert.deepEqual(
      rules.flatMap(({expr}) => queryProblems(expr)),
      [],
    )
    for (const {record, expr} of rules) {
      const [, metric = '', operation] = /^service:(lbex_\w+):(rate5m|sum)$/.exec(record) ?? []
      assert.ok(expr.includes(operation === 'sum' ? metric : `rate(${metric}_total[5m])`), record)
    }
  })
})

describe('the dashboard', () => {
  const dashboard = JSON.parse(read('monitoring/dashboard.json')) as Dashboard
  const {panels} = dashboard
  const isRow = ({type}: Panel): boolean => type === 'row'

  it('has panels of known types, each with a place of its own', () => {
    assert.equal(dashboard.uid, 'lbex')
    assert.ok(dashboard.schemaVersion >= 36)
    assert.equal(new Set(panels.map(({id}) => id)).size, panels.length)
    for (const {type, title, gridPos} of panels) {
      assert.ok(['row', 'stat', 'timeseries'].includes(type), title)
      assert.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= 24, title)
    }
    const cells = panels.flatMap(({gridPos: {x, y, w, h}}) =>
      Array.from({length: w * h}, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    )
    assert.equal(new Set(cells).size, cells.length)
  })

  it('asks for metrics that exist, of the selected data source', () => {
    for (const {title, description, datasource, targets = []} of panels.filter((panel) => !isRow(panel))) {
      assert.deepEqual(datasource, {type: 'prometheus', uid: '${datasource}'}, title)
      assert.match(description ?? '', /\.$/, title)
      assert.notEqual(targets.length, 0, title)
      assert.deepEqual(
        targets.flatMap(({expr}) => queryProblems(expr)),
        [],
        title,
      )
    }
  })

  it('defines the variables that it uses', () => {
    const defined = dashboard.templating.list.map(({name}) => name)
    const used = [...JSON.stringify(panels).matchAll(/\$\{?([a-z]+)\b/g)].map(([, name]) => name)
    assert.deepEqual([...new Set(used)].sort(), [...defined].sort())
    const queries = dashboard.templating.list.map(({query}) =>
      typeof query === 'string' ? query : query.query,
    )
    assert.deepEqual(queries.flatMap(queryProblems), [])
  })

  it('shows all traffic metrics of Services but those for each server', () => {
    const text = JSON.stringify(panels)
    const missing = Object.values(TRAFFIC_METRICS)
      .map(({name}) => name)
      .filter((name) => !name.startsWith('lbex_server_') && !text.includes(name))
    assert.deepEqual(missing, [])
    assert.ok(text.includes(METRICS.nginxServing.name))
  })
})

describe('the monitors', () => {
  const [deployment] = objectsIn('balancer/deployment.yaml') as unknown as {
    spec: {template: {metadata: {labels: object}; spec: {containers: {ports: {name: string}[]}[]}}}
  }[]

  it('select the Pods of deploy/ and the port of the metrics', () => {
    const [monitor] = objectsIn('monitoring/pod-monitor.yaml') as Monitor[]
    const {labels} = deployment?.spec.template.metadata ?? {labels: {}}
    const [port] = deployment?.spec.template.spec.containers[0]?.ports ?? []
    assert.equal(monitor?.apiVersion, 'monitoring.coreos.com/v1')
    assert.deepEqual(monitor?.spec.selector.matchLabels, labels)
    assert.ok(monitor && monitor.spec.jobLabel in monitor.spec.selector.matchLabels)
    const [endpoint] = monitor.spec.podMetricsEndpoints ?? []
    assert.deepEqual([endpoint?.port, endpoint?.path, endpoint?.honorLabels], [port?.name, '/metrics', true])
  })

  it('select the Service for hosts outside of the cluster', () => {
    const [service, slice, monitor] = objectsIn('monitoring/service-monitor.yaml') as Monitor[]
    assert.ok(service && slice && monitor)
    assert.deepEqual(schemaProblems(service), [])
    const {name, labels} = service['metadata'] as {name: string; labels: object}
    assert.deepEqual((slice['metadata'] as {labels: object}).labels, {'kubernetes.io/service-name': name})
    assert.deepEqual(monitor.spec.selector.matchLabels, labels)
    assert.deepEqual(
      monitor.spec.endpoints?.map(({port, path, honorLabels}) => [port, path, honorLabels]),
      [['health', '/metrics', true]],
    )
  })
})
