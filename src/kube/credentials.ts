/** What is needed to connect to an API server. Never logged. */
import type {OutgoingHttpHeaders} from 'node:http'
import type {SecureContextOptions} from 'node:tls'

export type TlsOptions = Pick<SecureContextOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase'> & {
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export type Credentials = {
  readonly server: URL
  readonly headers: OutgoingHttpHeaders
  readonly tls: TlsOptions
  /** Proxy for all connections; absent for direct connections. */
  readonly proxy?: URL | undefined
}

export interface CredentialSource {
  /** How the user configured the access, for messages: `--kubeconfig PATH, context NAME`. */
  readonly through: string
  /**
   * Loads the credentials. `fresh`: the API server has rejected the last ones, so nothing may come from a cache. Rejects
   * with a Failure.
   */
  load(fresh: boolean): Promise<Credentials>
}
