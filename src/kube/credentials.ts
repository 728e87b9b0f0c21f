/** What it takes to talk to an API server, however it was found. Nothing of this is ever logged. */
import type {Agent, OutgoingHttpHeaders} from 'node:http'
import type {SecureContextOptions} from 'node:tls'

export type TlsOptions = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'> & {
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export type Credentials = {
  readonly server: URL
  readonly headers: OutgoingHttpHeaders
  readonly tls: TlsOptions
  /** Makes the connections where the way leads through a proxy. */
  readonly agent?: Agent
}

export interface CredentialSource {
  /** What the user gave, for messages: `--kubeconfig PATH, context NAME`. */
  readonly through: string
  /**
   * Reads whatever lies on disk. `fresh`: what was remembered was refused, so nothing of it may be used again. Rejects with
   * a Failure.
   */
  load(fresh: boolean): Promise<Credentials>
}
