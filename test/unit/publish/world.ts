/** A publisher on the API double, with a fake clock. */
import {DEFAULT_INTENT_OPTIONS} from '../../../src/core/intent/options.js'
import type {Service} from '../../../src/core/cluster/objects.js'
import type {Ingress, ServiceRef, WrittenStates} from '../../../src/core/cluster/written-state.js'
import type {KubeObject} from '../../../src/kube/answers.js'
import type {Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import type {HostAnnouncement} from '../../../src/publish/host-record.js'
import {createPublisher, type Publisher, type PublisherOptions} from '../../../src/publish/publisher.js'
import {WrittenStore} from '../../../src/sources/cluster/written-store.js'
import {DirectAccess} from '../../support/api-double/direct-access.js'
import {History, type Stored} from '../../support/api-double/history.js'
import {EVENT_RESOURCE} from '../../../src/kube/resource.js'
import type {TestOptions} from '../../support/translate.js'
import {FakeClock} from '../controller/fake-clock.js'
import {FakeLog} from '../controller/fakes.js'
import {translationOf} from './support.js'

export type WorldOptions = Partial<PublisherOptions> & {
  readonly isLeader?: boolean
  /** See PublishingHosts; default: at once. */
  readonly known?: Promise<unknown>
}

export type SeenEvent = {
  readonly reason: string
  readonly type: string
  readonly note: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly action: string
  readonly series?: {readonly count: number}
  readonly regarding: {readonly name: string; readonly uid?: string}
}

export class World {
  readonly clock = new FakeClock()
  readonly log = new FakeLog()
  readonly access: DirectAccess
  /** `KIND RESULT` of each write request. */
  readonly writes: string[] = []
  isLeader: boolean
  hosts: HostAnnouncement[] = [{addresses: ['203.0.113.7'], ready: true}]
  services: Service[] = []
  publisher: Publisher
  private readonly ending = new AbortController()
  private readonly running: Promise<void>
  private readonly onLeader: (() => void)[] = []
  private readonly onHosts: (() => void)[] = []
  private readonly onWritten: ((service: ServiceRef) => void)[] = []
  private readonly store = new WrittenStore((service) =>
    this.onWritten.forEach((listener) => listener(service)),
  )

  constructor(
    readonly options: WorldOptions = {},
    readonly history = new History(),
  ) {
    this.isLeader = options.isLeader ?? true
    this.access = new DirectAccess(history)
    for (const object of history.pin().objects) if (object.kind === 'Service') this.store.put(object)
    history.onChange(({type, object}) => {
      if (object.kind !== 'Service') return
      if (type === 'DELETED') this.store.remove(object)
      else this.store.put(object)
    })
    this.publisher = this.start()
    this.running = this.publisher.run(this.ending.signal)
  }

  /** Creates the Service, or replaces it; the API server keeps its status and its finalizers. */
  put(service: Service, fields: Partial<Stored> = {}): Service {
    const {name, namespace} = service.ref
    const known = this.stored(name)
    const {uid: _, ...metadata} = known?.metadata ?? {name, namespace}
    const stored = this.history.put({
      status: {loadBalancer: {}},
      ...known,
      kind: 'Service',
      metadata: {...metadata, name, namespace},
      spec: {type: service.type, loadBalancerClass: service.loadBalancerClass},
      ...fields,
    })
    const put = {...service, uid: stored.metadata.uid}
    this.services = [...this.services.filter(({ref}) => ref.name !== name), put]
    return put
  }

  delete(name: string): void {
    const stored = this.stored(name)
    if (stored) this.history.remove(stored)
    this.services = this.services.filter(({ref}) => ref.name !== name)
  }

  /** Another client deletes the Service and creates it again. `services` keeps the old one until the next `put`. */
  replace(name: string): void {
    const stored = this.stored(name)
    if (!stored) return
    const {namespace = 'default'} = stored.metadata
    this.history.remove(stored)
    this.history.put({...stored, metadata: {name, namespace}, status: {loadBalancer: {}}})
  }

  /** Reports a confirmed reconcile, and lets the publisher work for `milliseconds`. */
  async reconcile(overrides: Reconcile = {}, milliseconds = 2000): Promise<void> {
    const {diagnostics = [], quarantined = [], ...options} = overrides
    const translation = translationOf(this.services, {
      ...options,
      statusAddresses: this.store.statusAddresses,
    })
    this.publisher.update({
      services: this.services,
      translated: translation.services,
      diagnostics: [...translation.diagnostics, ...diagnostics],
      quarantined,
    })
    await this.clock.advance(milliseconds)
  }

  async lead(isLeader: boolean): Promise<void> {
    this.isLeader = isLeader
    for (const listener of this.onLeader) listener()
    await this.clock.advance(2000)
  }

  async setHosts(
    ...hosts: readonly (readonly [addresses: readonly string[], ready?: boolean])[]
  ): Promise<void> {
    this.hosts = hosts.map(([addresses, ready = true]) => ({addresses: [...addresses], ready}))
    for (const listener of this.onHosts) listener()
    await this.clock.advance(2000)
  }

  stored(name: string): Stored | undefined {
    return this.history.get('Service', 'default', name)
  }

  ingress(name: string): readonly Ingress[] {
    const status = this.stored(name)?.['status'] as {loadBalancer?: {ingress?: Ingress[]}} | undefined
    return status?.loadBalancer?.ingress ?? []
  }

  /** `IP` or `HOSTNAME` of each entry. */
  addresses(name: string): string[] {
    return this.ingress(name).map(({ip, hostname}) => ip ?? hostname ?? '')
  }

  finalizers(name: string): unknown {
    return this.stored(name)?.metadata['finalizers']
  }

  events(): SeenEvent[] {
    const kind = this.history.pin().objects.filter((object) => object.kind === EVENT_RESOURCE.kind)
    return kind as unknown as SeenEvent[]
  }

  /** `REASON NAME` of each Event, sorted. */
  reasons(): string[] {
    return this.events()
      .map(({reason, regarding}) => `${reason} ${regarding.name}`)
      .sort()
  }

  async close(): Promise<void> {
    this.ending.abort()
    await this.running
  }

  private start(): Publisher {
    const {addresses = [], hostName = 'host-1', writesPerSecond = 20, finalizer = false} = this.options
    const {group = 'blue', selection = DEFAULT_INTENT_OPTIONS} = this.options
    const states: WrittenStates = {
      written: (service) => this.store.get(service),
      allWritten: () => this.store.all(),
      take: (service) => this.store.put(service as KubeObject),
      onWritten: (listener) => void this.onWritten.push(listener),
    }
    const isLeader = (): boolean => this.isLeader
    return createPublisher(
      {
        ...{access: this.access, states, clock: this.clock, log: this.log},
        leadership: {
          get isLeader() {
            return isLeader()
          },
          onChange: (listener) => this.onLeader.push(listener),
        },
        hosts: {
          fresh: () => this.hosts,
          onChange: (listener) => this.onHosts.push(listener),
          known: this.options.known ?? Promise.resolve(),
        },
        onWrite: (kind, result) => void this.writes.push(`${kind} ${result}`),
      },
      {addresses, hostName, writesPerSecond, finalizer, group, selection},
    )
  }
}

type Reconcile = Partial<TestOptions> & {
  readonly idle?: readonly string[]
  readonly diagnostics?: readonly Diagnostic[]
  readonly quarantined?: readonly ServiceRef[]
}
