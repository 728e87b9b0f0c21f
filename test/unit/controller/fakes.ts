/** Fakes of the source, the data plane and the log, which record their calls. */
import type {DataPlaneDetails} from '../../../src/dataplane/data-plane-details.js'
import type {NginxFile} from '../../../src/dataplane/nginx-file.js'
import {listenerId, type ListenerKey} from '../../../src/core/model/listener-key.js'
import {OLDEST_SUPPORTED} from '../../../src/dataplane/nginx-capabilities.js'
import {diagnose, type Diagnostic, type ObjectRef} from '../../../src/diagnostics/diagnostic.js'
import type {Unavailable} from '../../../src/controller/reconcile.js'
import type {
  Applied,
  DataPlane,
  EndedConnections,
  UnavailableListener,
  LiveStatus,
  NginxStatus,
  PreparedChange,
  PrepareOptions,
  WorkerGroup,
} from '../../../src/dataplane/data-plane.js'
import {currentLogFields} from '../../../src/util/log-context.js'
import {LOG_COMPONENTS, type LogFields, type Logger, type Loggers} from '../../../src/util/logger.js'
import {COMPLETE, type ClusterSnapshot} from '../../../src/core/cluster/snapshot.js'
import type {
  KindFreshness,
  SnapshotReading,
  SnapshotSource,
  Trigger,
} from '../../../src/sources/snapshot-source.js'
import type {WrittenTranslation} from '../../../src/controller/reconcile.js'

export const EMPTY: ClusterSnapshot = {
  services: [],
  endpointSlices: [],
  endpoints: [],
  nodes: [],
  coverage: COMPLETE,
}

export const HTTP: ListenerKey = {address: '0.0.0.0', port: 80, protocol: 'TCP'}
const DNS: ListenerKey = {address: '::', port: 53, protocol: 'UDP'}

/** A diagnostic about `default/NAME`, located at `line` of a.yaml if that is given. */
export function finding(name: string, line?: number): Diagnostic {
  const diagnostic = diagnose('port-protocol', {
    subject: {ref: {kind: 'Service', namespace: 'default', name}},
    field: ['spec', 'ports', 0],
    args: {protocol: 'SCTP'},
  })
  return line === undefined ? diagnostic : {...diagnostic, location: located(line)}
}

function located(line: number) {
  return {file: 'a.yaml', line, column: 3, endLine: line, endColumn: 9}
}

export class FakeSource implements SnapshotSource {
  changesAreAtomic = true
  reads = 0
  diagnostics: Diagnostic[] = []
  change: () => void = () => {}
  /** Thrown by the next watches, one each. */
  watchErrors: Error[] = []
  onRead: () => Promise<void> = async () => {}
  kinds: KindFreshness[] = []
  closed = false
  retries = 0
  triggers: Trigger[] = []

  async read(): Promise<SnapshotReading> {
    this.reads += 1
    await this.onRead()
    return {
      snapshot: EMPTY,
      diagnostics: this.diagnostics,
      triggers: this.triggers.splice(0),
      locate: (diagnostics) => diagnostics.map((diagnostic) => ({...diagnostic, location: located(7)})),
    }
  }

  retryNow(): void {
    this.retries += 1
  }

  freshness(): readonly KindFreshness[] {
    return this.kinds
  }

  async close(): Promise<void> {
    this.closed = true
  }

  watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const error = this.watchErrors.shift()
    if (error !== undefined) return Promise.reject(error)
    this.change = onChange
    return new Promise((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
    })
  }
}

type FakeChange = PreparedChange & PrepareOptions & {readonly files: readonly NginxFile[]}

export class FakeNginx implements DataPlane {
  readonly capabilities = OLDEST_SUPPORTED
  /** Number of calls of prepare(). */
  prepared = 0
  onPrepare: () => Promise<void> = async () => {}
  onCommit: () => Promise<void> = async () => {}
  /** Files of each commit. */
  applies: NginxFile[][] = []
  unavailablePorts: UnavailableListener[] = []
  /** Ports that are taken after the next probe: commit() finds out. */
  takenPorts: UnavailableListener[] = []
  missing: Diagnostic[] = []
  changeLeftOut: () => void = () => {}
  diagnostics: Diagnostic[] = []
  /** Thrown by the next commits, one each. */
  errors: Error[] = []
  /** Thrown by the next calls of prepare() for a reload, one each. */
  reloadErrors: Error[] = []
  /** So many commits find out that NGINX does not take a change of servers, so that they wait for a reload. */
  failedPushes = 0
  reloads = 1
  pressure = 0
  /** Milliseconds until servers that changed without a reload are consolidated. */
  dueIn = Infinity
  /** Absent if every change is a reload. */
  liveStatus: LiveStatus | undefined
  moreDetails: DataPlaneDetails = {quarantine: []}
  /** True if a part of the next changes needs a reload. */
  needsReload = true
  /** The Services of that part; undefined if the data plane does not know them. */
  waiting: readonly ObjectRef[] | undefined
  /** Commits of the part of a change that needed no reload. */
  liveCommits = 0
  /** Whether an earlier lbex left a configuration. */
  hasTree = false
  resumes = 0
  onResume: () => Promise<void> = async () => {}
  stops: Array<readonly ['drain' | 'leave', number]> = []
  state: NginxStatus = {serving: true, oldWorkers: 0}
  workerGroups: WorkerGroup[] = []

  async probe(files: readonly NginxFile[]): Promise<UnavailableListener[]> {
    const asked = new Set(files.flatMap(({listeners}) => listeners.map(listenerId)))
    return this.unavailablePorts.filter(({key}) => asked.has(listenerId(key)))
  }

  async prepare(
    files: readonly NginxFile[],
    signal: AbortSignal = new AbortController().signal,
    {without, reload = true}: PrepareOptions = {},
  ): Promise<FakeChange> {
    this.prepared += 1
    await this.onPrepare()
    signal.throwIfAborted()
    if (reload) this.throwNext(this.reloadErrors)
    // NGINX has to be started first.
    const deferred = this.liveStatus !== undefined && this.applies.length > 0 && this.needsReload && !reload
    return {changed: this.reloads > 0, files, without, ...(deferred && {deferred})}
  }

  async commit(
    {files, without, deferred}: FakeChange,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Applied> {
    signal.throwIfAborted()
    if (deferred || this.failedPushes-- > 0) return this.commitLive()
    const found = this.takenPorts.splice(0)
    const free = found.length > 0 ? await without?.(found, signal) : undefined
    this.applies.push([...(free ?? files)])
    await this.onCommit()
    this.throwNext(this.errors)
    const {reloads, diagnostics} = this
    return {generation: 'abc', changed: reloads > 0, reloads, diagnostics, quarantined: []}
  }

  private commitLive(): Applied {
    this.liveCommits += 1
    this.throwNext(this.errors)
    const {waiting} = this
    const nothing = {diagnostics: [], quarantined: []}
    return {
      ...{generation: 'abc', changed: true, reloads: 0, deferred: true, ...nothing},
      ...(waiting && {waiting}),
    }
  }

  private throwNext(errors: Error[]): void {
    const error = errors.shift()
    if (error !== undefined) throw error
  }

  async resume(): Promise<boolean> {
    this.resumes += 1
    await this.onResume()
    return this.hasTree
  }

  leftOut(): readonly Diagnostic[] {
    return this.missing
  }

  onLeftOut(listener: () => void): void {
    this.changeLeftOut = listener
  }

  status(): NginxStatus {
    return this.state
  }

  workers(): readonly WorkerGroup[] {
    return this.workerGroups
  }

  live(): LiveStatus | undefined {
    return this.liveStatus
  }

  details(): DataPlaneDetails {
    return this.moreDetails
  }

  consolidationDue(): number {
    return this.dueIn
  }

  reloadPressure(): number {
    return this.pressure
  }

  async endConnections(): Promise<EndedConnections> {
    return {found: 0, ended: 0}
  }

  async stop(how: 'drain' | 'leave', timeoutMs: number): Promise<void> {
    this.stops.push([how, timeoutMs])
  }
}

/** Two Services with one listener each; an unavailable one is left out with a diagnostic. */
export function fakeTranslate(_snapshot: ClusterSnapshot, unavailable: Unavailable): WrittenTranslation {
  const free = [HTTP, DNS].filter((key) => !unavailable.has(listenerId(key)))
  return {
    loadBalancer: {services: [], shared: []},
    services: [],
    files: free.map((key) => ({
      path: `services/${key.port}.conf`,
      text: `${key.port}`,
      owners: [],
      listeners: [key],
    })),
    diagnostics: [...unavailable.keys()].map((id) => finding(`held ${id}`)),
  }
}

/** `log` for all components. */
export function loggersOf(log: Logger): Loggers {
  return Object.fromEntries(LOG_COMPONENTS.map((component) => [component, log])) as Loggers
}

export type LogLine = readonly [level: string, message: string, fields: LogFields | undefined]

export class FakeLog implements Logger {
  lines: LogLine[] = []
  /** The message of each line, and the fields of the task that logged it. */
  contexts: Array<readonly [message: string, fields: LogFields]> = []
  debug = (message: string, fields?: LogFields): void => this.add('debug', message, fields)
  info = (message: string, fields?: LogFields): void => this.add('info', message, fields)
  warn = (message: string, fields?: LogFields): void => this.add('warn', message, fields)
  error = (message: string, fields?: LogFields): void => this.add('error', message, fields)

  private add(level: string, message: string, fields: LogFields | undefined): void {
    this.lines.push([level, message, fields])
    this.contexts.push([message, currentLogFields()])
  }

  /** `level message` of each line. */
  get said(): string[] {
    return this.lines.map(([level, message]) => `${level} ${message}`)
  }
}
