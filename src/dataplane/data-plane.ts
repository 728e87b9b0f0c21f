/** The interface of the data plane for the reconcile loop. */
import type {NginxFile} from './nginx-file.js'
import type {ListenerKey} from '../core/model/listener-key.js'
import type {DataPlaneDetails} from './data-plane-details.js'
import type {NginxCapabilities} from './nginx-capabilities.js'
import type {BindError} from '../diagnostics/bind-error.js'
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'

/** A listener that NGINX cannot bind: its port is in use by another program, say, or the host lacks its address. */
export type UnavailableListener = {
  readonly key: ListenerKey
  readonly error: BindError
}

/** Returns the files without the listeners that are unavailable. */
export type Without = (
  unavailable: readonly UnavailableListener[],
  signal: AbortSignal,
) => Promise<readonly NginxFile[]>

export type PrepareOptions = {
  /**
   * Called if listeners turn out to be unavailable after the probe: by `prepare`, by `commit`, and at a later restart of NGINX.
   * If it is absent, a Service is left out with all of its listeners.
   */
  readonly without?: Without
  /**
   * Listeners that Services have although they have no server now: without a reload, NGINX can refuse their clients, but not
   * close them. Default: none.
   */
  readonly idle?: readonly ListenerKey[]
  /**
   * False if NGINX must not be reloaded yet: then only that part of the change is prepared that needs no reload. Default: true.
   * Ignored by a data plane that cannot change servers without a reload.
   */
  readonly reload?: boolean
}

/**
 * A configuration that is on disk and that NGINX accepts. It is served once it is committed: at most once, and by the data plane
 * that prepared it. A change that is dropped needs no call: the next commit removes its files.
 */
export type PreparedChange = {
  /** False if NGINX already served exactly this when it was prepared. */
  readonly changed: boolean
  /** True if a part of the change waits for a reload, which the options of `prepare` did not allow. */
  readonly deferred?: boolean
}

export type Applied = {
  /** The generation that NGINX serves now, as reported by its new workers. */
  readonly generation: string
  /** False if nothing differed: no write, no reload. */
  readonly changed: boolean
  /**
   * Reloads that this commit took: 0 if nothing differed, if servers were changed without a reload, or if NGINX was started,
   * else 1 or more. There is more than one if a
   * listener moves between an address and the wildcard, if it was not known what NGINX served, or if NGINX rejects a Service only
   * at the reload.
   */
  readonly reloads: number
  /** True if servers were changed without a reload. */
  readonly live?: boolean
  /** True if a part of the change waits for a reload, as PreparedChange says: what it requests is not served yet. */
  readonly deferred?: boolean
  /**
   * The Services that wait for that reload: NGINX serves all others as they were prepared. Absent if nothing waits, or if it is
   * not known what does.
   */
  readonly waiting?: readonly ObjectRef[]
  /**
   * One for each Service that was left out or kept at its last good file: `nginx-refused` if NGINX rejects its content,
   * `nginx-exhausted` if its configtest takes too much memory or time, `port-held` if another program has bound a listener since
   * the probe (the next `prepare` retries that).
   */
  readonly diagnostics: readonly Diagnostic[]
  readonly quarantined: readonly ObjectRef[]
}

export type NginxStatus = {
  /** NGINX runs and answered the last query. */
  readonly serving: boolean
  readonly pid?: number
  readonly generation?: string
  /** Worker processes that belong to an earlier generation and still hold connections. */
  readonly oldWorkers: number
}

/** Workers of one generation that are in one state. */
export type WorkerGroup = {
  /** Absent if it is not known, because an earlier lbex started them. */
  readonly generation?: string
  /** `leaving`: they accept no more connections, and finish the ones they have. */
  readonly state: 'current' | 'leaving'
  readonly count: number
}

/** The reason for a reload. */
export type ReloadReason =
  /** The wanted configuration differs. */
  | 'change'
  /** It differs, and a port moves between one address and the wildcard: that takes two reloads. */
  | 'move'
  /** Servers that were changed without a reload are written into the configuration that NGINX loads. */
  | 'consolidate'
  /** It was not known what NGINX served, after a reload or a change of servers that was not confirmed. */
  | 'uncertain'
  /** An earlier lbex ended during an apply. */
  | 'interrupted'

/** How a start or a reload ended. */
export type ActivationResult =
  /** NGINX serves the new configuration, and nothing else. */
  | 'confirmed'
  /** It rejected the configuration and kept the previous one. */
  | 'refused'
  /** It gave no answer in time. */
  | 'unconfirmed'
  | 'died'
  /** lbex was stopped meanwhile. */
  | 'abandoned'
  /** Another error. */
  | 'failed'

/** The result of a configtest; `abandoned`: it was aborted, `failed`: it gave no result. */
export type TestResult = 'accepted' | 'refused' | 'abandoned' | 'failed'

/** How a change of servers without a reload ended; after `failed` a reload makes the change. */
export type LiveResult = 'confirmed' | 'failed'

/** What NGINX serves that is not in the configuration that it loaded. */
export type LiveStatus = {
  /** Upstreams whose servers were changed since the last reload. */
  readonly upstreams: number
  /** False if every change takes a reload, because NGINX does not accept changes of servers. */
  readonly working: boolean
}

/** A server of an upstream. */
export type ServerAddress = {
  /** Without brackets. */
  readonly address: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP'
}

export type EndedConnections = {
  /** Connections of NGINX to the servers that were found, and those of them that were ended. */
  readonly found: number
  readonly ended: number
}

/** Events of NGINX, for metrics; durations in milliseconds. */
export type NginxEvent =
  | {readonly type: 'test'; readonly result: TestResult; readonly duration: number}
  | {
      readonly type: 'reload'
      readonly reason: ReloadReason
      readonly result: ActivationResult
      readonly duration: number
    }
  /** Servers of so many upstreams were changed without a reload. */
  | {
      readonly type: 'live-update'
      readonly result: LiveResult
      readonly upstreams: number
      readonly duration: number
    }
  | {readonly type: 'start'; readonly result: ActivationResult; readonly duration: number}
  /** NGINX had served and is gone, although lbex did not end it. */
  | {readonly type: 'unexpected-exit'}

export type Observe = (event: NginxEvent) => void

export interface DataPlane {
  readonly capabilities: NginxCapabilities

  /** Listeners of these files that NGINX does not hold yet and could not bind: lbex binds each for a moment to find out. */
  probe(files: readonly NginxFile[]): Promise<UnavailableListener[]>

  /**
   * Writes these files and runs a configtest; changes nothing that is served. The file of a Service that NGINX rejects is
   * quarantined, the others are prepared. Rejects with a Failure if the cause is the host, the disk or nginx.conf itself, and
   * with the reason of `signal` if that aborts.
   */
  prepare(files: readonly NginxFile[], signal: AbortSignal, options?: PrepareOptions): Promise<PreparedChange>

  /**
   * Makes NGINX serve a prepared change and confirms that it does, or leaves everything as it was and rejects with a Failure.
   * Starts NGINX if it does not run. If NGINX serves something else than during `prepare`, for example after a restart, the change
   * is tested again first. A Service that NGINX rejects only now is quarantined, as by `prepare`.
   */
  commit(prepared: PreparedChange, signal: AbortSignal): Promise<Applied>

  /**
   * Serves what an earlier lbex left: NGINX is adopted already, or is started now on the generation on disk. False if there is
   * none. Rejects with a Failure as `commit` does.
   */
  resume(signal: AbortSignal): Promise<boolean>

  /**
   * What the last restart or resume of NGINX left out of the requested files. The data plane retries these by itself. Empty after
   * a commit, which returns what it leaves out.
   */
  leftOut(): readonly Diagnostic[]

  /** Calls `listener` when leftOut() changes other than by a commit. */
  onLeftOut(listener: () => void): void

  /** What is known now, without a query. */
  status(): NginxStatus

  /** Changes of servers without a reload; undefined if they are off. */
  live(): LiveStatus | undefined

  /** What it does and waits for, without a query. */
  details(): DataPlaneDetails

  /**
   * Milliseconds until the next `prepare` has servers that were changed without a reload written into the configuration, with a
   * reload; Infinity if there are none.
   */
  consolidationDue(): number

  /** The workers of NGINX, as of the last poll. */
  workers(): readonly WorkerGroup[]

  /**
   * Ends the connections that NGINX has to these servers, also those of old workers; with UDP, the sessions. Other programs keep
   * theirs. Rejects with a temporary Failure: `drain-failed`.
   */
  endConnections(servers: readonly ServerAddress[]): Promise<EndedConnections>

  /** Minimum milliseconds until the next reload. Grows with the number of old workers that have connections; 0 if there are few. */
  reloadPressure(): number

  /**
   * `drain`: NGINX stops accepting, finishes its connections within `timeoutMs`, and ends.
   * `leave`: NGINX keeps serving; the next lbex adopts it.
   */
  stop(how: 'drain' | 'leave', timeoutMs: number): Promise<void>
}
