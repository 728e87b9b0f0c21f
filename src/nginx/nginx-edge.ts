/** The edge out, as the reconcile loop sees it. */
import type {ConfigFile} from '../config/config-file.js'
import type {ListenerKey} from '../config/listener-key.js'
import type {NginxCapabilities} from '../config/nginx-capabilities.js'
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'

export type HeldListener = {
  readonly key: ListenerKey
  /** `the port is in use`, `permission denied`, `the host does not have the address`. */
  readonly problem: string
}

export type Applied = {
  /** Generation that NGINX serves now, read back from its new workers. */
  readonly generation: string
  /** False when nothing differed: no write, no reload. */
  readonly changed: boolean
  /** Reloads that this apply took: 0, 1, or 2 where a listener moved between an address and the wildcard. */
  readonly reloads: number
  /**
   * One for each Service that was left out or kept at its last good file: `nginx-refused` where its content is at fault,
   * `port-held` where a listener was taken since the probe (the next apply tries that again).
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

export interface NginxEdge {
  readonly capabilities: NginxCapabilities

  /** Listeners that NGINX does not hold yet and could not get: each is tried by binding it for a moment. */
  probe(listeners: readonly ListenerKey[]): Promise<HeldListener[]>

  /**
   * Makes NGINX serve exactly these files and confirms that it does, or leaves everything as it was and rejects with a
   * Failure. Starts NGINX when it does not run. A Service that NGINX refuses is quarantined; the others are applied.
   */
  apply(files: readonly ConfigFile[], signal: AbortSignal): Promise<Applied>

  /**
   * Serves what an earlier lbex left: NGINX is adopted already, or started on the last good tree now. False where there is
   * no such tree. Rejects with a Failure as `apply` does.
   */
  resume(signal: AbortSignal): Promise<boolean>

  /** What is known right now, without asking NGINX. */
  status(): NginxStatus

  /** The least milliseconds until the next reload, as generations with open connections pile up; 0 when there are few. */
  reloadPressure(): number

  /**
   * `drain`: NGINX stops accepting, finishes its connections within `timeoutMs`, and nothing is left running.
   * `leave`: NGINX goes on serving; the next lbex adopts it.
   */
  stop(how: 'drain' | 'leave', timeoutMs: number): Promise<void>
}
