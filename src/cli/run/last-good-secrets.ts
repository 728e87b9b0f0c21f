/** Remembers the content of Secrets that NGINX serves: it stays in use if a renewal is broken, also after a restart of lbex. */
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import {readCredential, type Credential} from '../../core/cluster/credentials.js'
import type {HostState} from '../../core/model/host-state.js'
import {ownedListeners} from '../../core/model/owned-listeners.js'
import {filesOfListener} from '../../core/model/route-tls.js'
import {secretFilePath, stemOf} from '../../core/model/tls-files.js'
import {readServedSecrets} from '../../dataplane/nginx/store/served-secrets.js'
import {describeObject} from '../../diagnostics/diagnostic.js'

/** The part of an outcome that says what NGINX serves. */
type Served = {
  readonly applied: Pick<ReconcileOutcome['applied'], 'quarantined' | 'deferred'>
  readonly translation: Pick<ReconcileOutcome['translation'], 'loadBalancer'>
}

export class LastGoodSecrets {
  private constructor(private credentials: ReadonlyMap<string, Credential>) {}

  /** Begins with what an earlier lbex left in the folder of NGINX. Damaged files are skipped. */
  static async open(directory: string): Promise<LastGoodSecrets> {
    const files = await readServedSecrets(directory)
    const found = files.flatMap(({path, text}): [string, Credential][] => {
      const credential = readCredential(text)
      return credential && secretFilePath(stemOf(path), credential) === path
        ? [[stemOf(path), credential]]
        : []
    })
    return new LastGoodSecrets(new Map(found))
  }

  /** By secretFileStem. */
  get all(): NonNullable<HostState['lastGood']> {
    return this.credentials
  }

  /** Call it after a successful reconcile. The content for a Service that NGINX rejects stays as it was. */
  note({applied, translation: {loadBalancer}}: Served): void {
    if (applied.deferred) return
    const rejected = new Set(applied.quarantined.map(describeObject))
    const current = new Map<string, Credential>()
    for (const {listener, owners} of ownedListeners(loadBalancer)) {
      const isRejected = owners.some(({ref}) => rejected.has(describeObject(ref)))
      for (const {path, credential} of filesOfListener(listener)) {
        const stem = stemOf(path)
        const content = isRejected ? this.credentials.get(stem) : credential
        if (content && (!isRejected || !current.has(stem))) current.set(stem, content)
      }
    }
    this.credentials = current
  }
}
