/** What it takes to talk to an API server, however it was found. Nothing of this is ever logged. */
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
  /** All connections go through it; absent for direct ones. */
  readonly proxy?: URL | undefined
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
