/** Observes the traffic of NGINX: counts it for /metrics, and writes the access log. */
import type {LoadBalancer} from '../core/model/load-balancer.js'
import type {TrafficNow} from '../core/state/traffic-state.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {runInSlices} from '../util/time-slices.js'
import {accessLogLine, type AccessLogFormat} from './access-log/access-log-line.js'
import type {LineResult} from './traffic/catalogue.js'
import {LineReceiver} from './traffic/line-receiver.js'
import {OpenConnections, type SocketCounts} from './traffic/open-connections.js'
import {Sampler} from './traffic/sampler.js'
import {hasKey, parseSessionLine} from './traffic/session-line.js'
import {TrafficCounter} from './traffic/traffic-counter.js'
import {trafficPage} from './traffic/traffic-page.js'
import {SampleHistory, SHORTEST, takeSample, trafficOf, type Sample} from './traffic/traffic-rates.js'

export type AccessLog = {
  readonly format: AccessLogFormat
  /** Must neither wait nor throw. */
  readonly write: (line: string) => void
}

export type TrafficOptions = {
  /** UDP port on 127.0.0.1; 0: any free port. */
  readonly port: number
  /** The secret that NGINX puts into each line. */
  readonly key: string
  readonly clock: Clock
  readonly log: Logger
  /** Lines per second that are all read; default: 10,000. */
  readonly readAll?: number
  /** Default: servers are not counted. */
  readonly perServer?: boolean
  /** Default: no access log. */
  readonly accessLog?: AccessLog | undefined
}

/** What the debug state shows. The first four count the lines of NGINX, one for each session. */
export type TrafficLoad = {
  readonly read: number
  readonly skipped: number
  readonly invalid: number
  readonly unknown: number
  /** Listen ports that are counted. */
  readonly series: number
  readonly samplingRatio: number
}

/** Milliseconds to wait for a second sample, less than a client waits: a host with very many sockets has one less often. */
const PATIENCE = 3000

export class Traffic {
  private readonly counter: TrafficCounter
  private readonly sampler: Sampler
  private readonly history = new SampleHistory()
  private latest: {readonly counts: SocketCounts; readonly sample: Promise<Sample>} | undefined
  private readonly lines = {read: 0, skipped: 0, invalid: 0}
  private readonly perServer: boolean
  private loadBalancer: LoadBalancer | undefined
  private connections: OpenConnections | undefined
  private receiver: LineReceiver | undefined

  /** Receives lines from then on. Rejects with the Failure `traffic-port`. */
  static async open(options: TrafficOptions): Promise<Traffic> {
    const traffic = new Traffic(options)
    const {port, log, clock} = options
    const onLine = (line: Buffer): void => traffic.receive(line)
    traffic.receiver = await LineReceiver.open({port, log, onLine})
    traffic.connections = new OpenConnections({clock, own: traffic.receiver.endpoint})
    return traffic
  }

  private constructor(private readonly options: TrafficOptions) {
    const {clock, perServer = false} = options
    this.perServer = perServer
    this.counter = new TrafficCounter({clock, perServer})
    this.sampler = new Sampler(clock, options.readAll)
  }

  /** The UDP port that receives the lines. */
  get port(): number {
    return this.receiver?.endpoint.port ?? 0
  }

  /** Call it when NGINX serves another load balancer. */
  update(loadBalancer: LoadBalancer): void {
    if (loadBalancer === this.loadBalancer) return
    this.loadBalancer = loadBalancer
    this.counter.update(loadBalancer)
    this.connections?.update(loadBalancer, this.counter.known.listeners)
  }

  /** The parts of the traffic metrics in the Prometheus text format. */
  async page(): Promise<readonly Buffer[]> {
    const {clock} = this.options
    const {counts} = await this.sample()
    const lines: Record<LineResult, number> = {
      ...this.lines,
      unknown: this.counter.unknown,
      dropped: counts.dropped,
    }
    const page = trafficPage({
      ...{lines, perServer: this.perServer},
      series: this.counter.named(),
      active: counts.open,
      samplingRatio: this.sampler.ratio,
    })
    return runInSlices(page, clock)
  }

  /** Open connections and rates. Takes one to three seconds if there was no scrape and no request in the last minute. */
  async now(): Promise<TrafficNow> {
    const {clock} = this.options
    const end = clock.monotonic() + PATIENCE
    let {sample} = await this.sample()
    while (sample.totals.size > 0 && !this.history.before(sample) && clock.monotonic() < end) {
      await clock.delay(SHORTEST)
      sample = (await this.sample()).sample
    }
    const services = trafficOf(this.counter.served(), sample, this.history.before(sample))
    return {samplingRatio: this.sampler.ratio, services: await runInSlices(services, clock)}
  }

  /** What it has read, and how much it remembers. */
  get load(): TrafficLoad {
    const {lines, counter, sampler} = this
    return {...lines, unknown: counter.unknown, series: counter.size, samplingRatio: sampler.ratio}
  }

  async close(): Promise<void> {
    await this.receiver?.close()
  }

  /** A new one only with a new pass over the sockets, so that all of its counts are of the same moment. */
  private async sample(): Promise<{readonly counts: SocketCounts; readonly sample: Sample}> {
    const counts = (await this.connections?.counts()) ?? {open: new Map<string, number>(), dropped: 0}
    if (this.latest?.counts !== counts) this.latest = {counts, sample: this.newSample(counts)}
    return {counts, sample: await this.latest.sample}
  }

  private async newSample({open}: SocketCounts): Promise<Sample> {
    const {clock} = this.options
    const sample = await runInSlices(takeSample(this.counter.served(), open, clock.monotonic()), clock)
    this.history.note(sample)
    return sample
  }

  private receive(line: Buffer): void {
    const {key} = this.options
    // First: lines that another program sends must not cause those of NGINX to be skipped.
    if (!hasKey(line, key)) {
      this.lines.invalid += 1
      return
    }
    const weight = this.sampler.weigh()
    if (weight === 0) {
      this.lines.skipped += 1
      return
    }
    const session = parseSessionLine(line.toString('latin1'), key)
    if (!session) {
      this.lines.invalid += 1
      return
    }
    this.lines.read += 1
    const name = this.counter.count(session, weight)
    const {accessLog, clock} = this.options
    accessLog?.write(accessLogLine(session, name, clock.now(), accessLog.format))
  }
}
