/** The edge out, as the reconcile loop sees it. */
import type {ConfigFile} from './config-file.js'
import type {ListenerKey} from '../core/model/listener-key.js'
import type {NginxCapabilities} from './nginx-capabilities.js'
import type {BindError} from '../diagnostics/bind-error.js'
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'

/** A listener that the host does not give: its port is in use, say, or its address is missing. Not what NGINX itself has. */
export type UnavailableListener = {
  readonly key: ListenerKey
  readonly error: BindError
}

/** The files without listeners that cannot be had. */
export type Without = (
  unavailable: readonly UnavailableListener[],
  signal: AbortSignal,
) => Promise<readonly ConfigFile[]>

export type PrepareOptions = {
  /**
   * Is called when listeners turn out to be unavailable after the probe: by `prepare`, by `commit`, and at a later restart of NGINX.
   * If it is absent, a Service is left out with all its listeners.
   */
  readonly without?: Without
}

/**
 * A configuration that is on disk and that NGINX accepts; it is not served before it is committed, at most once and by the
 * data plane that prepared it. One that is dropped needs no call: the next commit removes what it left on disk.
 */
export type PreparedChange = {
  /** False if NGINX already served exactly this when it was prepared. */
  readonly changed: boolean
}

export type Applied = {
  /** Generation that NGINX serves now, read back from its new workers. */
  readonly generation: string
  /** False when nothing differed: no write, no reload. */
  readonly changed: boolean
  /**
   * Reloads that this commit took: 0 if nothing differed or NGINX was started, else 1 or more. A listener that moves between
   * an address and the wildcard, not knowing what NGINX served, and a Service that NGINX refuses only at the reload add to it.
   */
  readonly reloads: number
  /**
   * One for each Service that was left out or kept at its last good file: `nginx-refused` if its content is at fault,
   * `nginx-exhausted` if testing it takes more memory or time than NGINX has, `port-held` if a listener was taken since the probe
   * (the next `prepare` retries that).
   */
  readonly diagnostics: readonly Diagnostic[]
  readonly quarantined: readonly ObjectRef[]
}

export type NginxStatus = {
  /** NGINX runs and answered its version when it was last asked. */
  readonly serving: boolean
  readonly pid?: number
  readonly generation?: string
  /** Worker processes that belong to an earlier generation and still hold connections. */
  readonly oldWorkers: number
}

/** Workers of one generation that are in one state. */
export type WorkerGroup = {
  /** Absent if it is not known, because an lbex that has ended since had started them. */
  readonly generation?: string
  /** `leaving`: they accept nothing more, and finish the connections they have. */
  readonly state: 'current' | 'leaving'
  readonly count: number
}

/** Why a reload was called for. */
export type ReloadReason =
  /** The wanted configuration differs. */
  | 'change'
  /** It differs, and a port moves between one address and the wildcard: that takes two reloads. */
  | 'move'
  /** It was not known what NGINX served, after a reload that was not confirmed. */
  | 'uncertain'
  /** An lbex that ended in the middle of an apply had left it unfinished. */
  | 'interrupted'

/** How a start or a reload ended. */
export type ActivationResult =
  /** NGINX serves the new configuration, and nothing else. */
  | 'confirmed'
  /** It refused the configuration, and kept what it had. */
  | 'refused'
  /** It gave no answer in time. */
  | 'unconfirmed'
  | 'died'
  /** lbex was told to stop meanwhile. */
  | 'abandoned'
  /** Something else was in the way. */
  | 'failed'

/** The result of `nginx -t`; `abandoned`: it was aborted, `failed`: it gave no result. */
export type TestResult = 'accepted' | 'refused' | 'abandoned' | 'failed'

/** What happens to NGINX, for metrics; durations in milliseconds. */
export type NginxEvent =
  | {readonly type: 'test'; readonly result: TestResult; readonly duration: number}
  | {
      readonly type: 'reload'
      readonly reason: ReloadReason
      readonly result: ActivationResult
      readonly duration: number
    }
  | {readonly type: 'start'; readonly result: ActivationResult; readonly duration: number}
  /** It had served, and is gone although lbex did not end it. */
  | {readonly type: 'death'}

export type Observe = (event: NginxEvent) => void

export interface DataPlane {
  readonly capabilities: NginxCapabilities

  /** Listeners of these files that NGINX does not hold yet and could not get: each is tried by binding it for a moment. */
  probe(files: readonly ConfigFile[]): Promise<UnavailableListener[]>

  /**
   * Writes these files and has NGINX test them; changes nothing that is served. The file of a Service that NGINX refuses is
   * quarantined, the others are prepared. Rejects with a Failure if the host, the disk or nginx.conf itself is at fault, and
   * with the reason of `signal` when that aborts.
   */
  prepare(
    files: readonly ConfigFile[],
    signal: AbortSignal,
    options?: PrepareOptions,
  ): Promise<PreparedChange>

  /**
   * Makes NGINX serve a prepared change and confirms that it does, or leaves everything as it was and rejects with a Failure.
   * Starts NGINX if it does not run. If NGINX serves something else than it did during `prepare`, such as after a restart, the
   * change is tested again first. A Service that NGINX refuses only now is quarantined, as by `prepare`.
   */
  commit(prepared: PreparedChange, signal: AbortSignal): Promise<Applied>

  /**
   * Serves what an earlier lbex left: NGINX is adopted already, or started on the last good tree now. False if there is
   * no such tree. Rejects with a Failure as `commit` does.
   */
  resume(signal: AbortSignal): Promise<boolean>

  /**
   * What is left out of the files that were last asked for since NGINX was started again, or resumed. NGINX tries them
   * again by itself. Empty after a commit, which returns what it leaves out.
   */
  leftOut(): readonly Diagnostic[]

  /** Has `listener` called when leftOut() changes other than by a commit. */
  onLeftOut(listener: () => void): void

  /** What is known right now, without asking NGINX. */
  status(): NginxStatus

  /** Its workers, as of the last look. */
  workers(): readonly WorkerGroup[]

  /** The least milliseconds until the next reload, as generations with open connections pile up; 0 when there are few. */
  reloadPressure(): number

  /**
   * `drain`: NGINX stops accepting, finishes its connections within `timeoutMs`, and nothing is left running.
   * `leave`: NGINX goes on serving; the next lbex adopts it.
   */
  stop(how: 'drain' | 'leave', timeoutMs: number): Promise<void>
}
