/** An NGINX that sends its access log to a Traffic, and Services with backends on this host. */
import type {DataPlane} from '../../src/dataplane/data-plane.js'
import {OLDEST_SUPPORTED} from '../../src/dataplane/nginx-capabilities.js'
import {openLogKey} from '../../src/dataplane/nginx/store/log-key.js'
import {Traffic, type AccessLog} from '../../src/observe/traffic.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {applyFiles} from './apply-files.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from './builders.js'
import {parseExposition, valueOf, type Family} from './exposition.js'
import {NginxFixture} from './nginx-fixture.js'
import {translate} from './translate.js'
import {waitFor} from './wait.js'

export type ObservedService = {
  readonly name: string
  readonly listen: number
  /** Ports of its backends on 127.0.0.1. */
  readonly to: readonly number[]
  /** Default: TCP. */
  readonly protocol?: 'TCP' | 'UDP'
  /** Keys without `loadbalancer.lbex/`. */
  readonly annotations?: Readonly<Record<string, string>>
}

export type ObservedOptions = {readonly perServer?: boolean; readonly accessLog?: AccessLog}

export class ObservedNginx {
  static async open(settings: ObservedOptions = {}): Promise<ObservedNginx> {
    const fixture = await NginxFixture.make()
    const nginx = await fixture.open()
    const observed = new ObservedNginx(fixture, nginx, settings)
    await observed.observe(0)
    return observed
  }

  private traffic: Traffic | undefined
  private loadBalancer: Parameters<Traffic['update']>[0] | undefined
  /** The UDP port of the lines: the same for each Traffic. */
  port = 0

  private constructor(
    readonly fixture: NginxFixture,
    readonly nginx: DataPlane,
    private readonly settings: ObservedOptions,
  ) {}

  /** Receives the lines again, as an lbex that is started again does. */
  async observe(port = this.port): Promise<void> {
    const key = await openLogKey(this.fixture.directory)
    this.traffic = await Traffic.open({port, key, clock: systemClock, log: silentLogger, ...this.settings})
    this.port = this.traffic.port
    if (this.loadBalancer) this.traffic.update(this.loadBalancer)
  }

  /** As if lbex had ended: the lines of NGINX are lost. */
  async ignore(): Promise<void> {
    await this.traffic?.close()
    this.traffic = undefined
  }

  /** Has NGINX serve these Services, with a reload. `isLogged`: NGINX logs their connections, which is the default. */
  async serve(services: readonly ObservedService[], {isLogged = true} = {}): Promise<void> {
    const settings = this.options(isLogged)
    const {loadBalancer, files} = translate(aSnapshot(services.flatMap(partsOf)), settings)
    await applyFiles(this.nginx, files, new AbortController().signal)
    this.loadBalancer = loadBalancer
    this.traffic?.update(loadBalancer)
  }

  async page(): Promise<string> {
    return (await this.traffic?.page())?.join('') ?? '\n'
  }

  async metrics(): Promise<Family[]> {
    return parseExposition(await this.page())
  }

  /** The metrics as soon as lbex has read so many lines. */
  async afterLines(count: number): Promise<Family[]> {
    const read = async (): Promise<Family[] | undefined> => {
      const families = await this.metrics()
      const lines = valueOf(families, 'lbex_access_log_lines_total', {result: 'read'}) ?? 0
      return lines >= count ? families : undefined
    }
    return waitFor(read, {what: `${count} lines of the access log`, deadline: 30_000})
  }

  async close(): Promise<void> {
    await this.ignore()
    await this.fixture.close()
  }

  private options(isLogged: boolean) {
    const {streamModule, directory} = this.fixture
    return options({
      directory,
      ...(isLogged && {accessLog: {port: this.port}}),
      allowLocalEndpoints: true,
      listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []},
      nginx: {...OLDEST_SUPPORTED, ...(streamModule !== undefined && {streamModule})},
      openFiles: 4096,
    })
  }
}

function partsOf({name, listen, to, protocol = 'TCP', annotations = {}}: ObservedService) {
  const service = aService(name)
    .annotated({'upstream-type': 'pod', ...annotations})
    .port('main', 1, {listen, protocol})
  const slices = to.map((port, index) =>
    aSlice(name)
      .with({ref: {kind: 'EndpointSlice', namespace: 'default', name: `${name}-${index}`}})
      .port('main', port, protocol)
      .endpoints(anEndpoint('127.0.0.1')),
  )
  return [service, ...slices]
}
