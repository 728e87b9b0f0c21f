/** Outcomes and states for the tests of the metrics. */
import {Registry} from 'prom-client'
import type {NginxFile} from '../../../../src/dataplane/nginx-file.js'
import type {ListenerKey} from '../../../../src/core/model/listener-key.js'
import {OLDEST_SUPPORTED} from '../../../../src/dataplane/nginx-capabilities.js'
import type {Instruments} from '../../../../src/controller/metrics/catalogue.js'
import {createInstruments, type CurrentState} from '../../../../src/controller/metrics/metrics.js'
import type {ReconcileOutcome} from '../../../../src/controller/reconcile.js'
import {stalenessOf} from '../../../../src/controller/staleness.js'
import {newStatus} from '../../../../src/controller/status.js'
import type {ObjectRef} from '../../../../src/diagnostics/diagnostic.js'
import type {LoadBalancer} from '../../../../src/core/model/load-balancer.js'
import type {KindFreshness} from '../../../../src/sources/snapshot-source.js'
import {aRoute, aSnapshot, listenerSettings} from '../../../support/builders.js'
import {parseExposition, type Family} from '../../../support/exposition.js'

/** A registry whose samples a test can read. */
export type TestRegistry = {
  readonly instruments: Instruments
  /** The lines of one metric. */
  lines(name: string): Promise<string[]>
  families(): Promise<Family[]>
}

export function newTestRegistry(): TestRegistry {
  const registry = new Registry()
  return {
    instruments: createInstruments(registry),
    families: async () => parseExposition(await registry.metrics()),
    lines: async (name) => linesOf(await registry.metrics(), name),
  }
}

/** The lines of one metric in an exposition. */
export function linesOf(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
}

type ServedService = LoadBalancer['services'][number]

export function refTo(name: string, namespace = 'default') {
  return {kind: 'Service', namespace, name}
}

/** A Service with a listener for each protocol, and so many servers behind each. */
export function served(
  name: string,
  protocols: readonly ListenerKey['protocol'][],
  servers = 1,
): ServedService {
  return {
    ref: refTo(name),
    id: name,
    listeners: protocols.map((protocol, index) => ({
      key: {address: '0.0.0.0', port: index + 1, protocol},
      settings: listenerSettings(),
      routes: [
        aRoute({owner: refTo(name), servicePort: 1, upstreams: [{name: `${name}_${index}`, weight: 1}]}),
      ],
    })),
    upstreams: protocols.map((_, index) => ({
      name: `${name}_${index}`,
      settings: {balancing: {algorithm: 'round_robin'}},
      servers: Array.from({length: servers}, (__, server) => ({
        ...{address: `10.0.0.${server}`, port: 1, weight: 1, down: false},
      })),
      ...{unknown: [], absent: []},
    })),
  }
}

type OutcomeOptions = Partial<Omit<ReconcileOutcome, 'applied' | 'translation'>> & {
  readonly services?: readonly ServedService[]
  readonly quarantined?: readonly ObjectRef[]
  readonly changed?: boolean
}

/** The outcome of a reconcile that applied these Services. */
export function anOutcome(options: OutcomeOptions = {}): ReconcileOutcome {
  const {services = [], quarantined = [], changed = true, triggers = [], diagnostics = []} = options
  const files: NginxFile[] = services.map(({ref, listeners}) => ({
    ...{path: `services/${ref.name}.conf`, text: '', owners: [ref]},
    listeners: listeners.map(({key}) => key),
  }))
  const main: NginxFile = {path: 'nginx.conf', text: '', owners: [], listeners: []}
  return {
    ...{triggers, diagnostics},
    applied: {generation: 'abc', changed, reloads: Number(changed), diagnostics: [], quarantined},
    snapshot: aSnapshot([]),
    translation: {
      loadBalancer: {services, shared: []},
      services: [],
      files: [main, ...files],
      diagnostics: [],
    },
  }
}

export function aState(options: Partial<Omit<CurrentState, 'staleness'>> = {}): CurrentState {
  const freshness: readonly KindFreshness[] = options.freshness ?? []
  return {
    capabilities: OLDEST_SUPPORTED,
    status: newStatus(),
    nginx: {serving: true, oldWorkers: 0},
    leftOut: [],
    workers: [],
    reloadPressure: 0,
    ...options,
    freshness,
    staleness: stalenessOf(freshness, 120_000),
  }
}
