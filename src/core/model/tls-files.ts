/** The files with certificates and keys that NGINX reads. */
import type {ObjectRef} from '../../diagnostics/diagnostic.js'
import type {Credential} from '../cluster/credentials.js'
import {contentHash} from './content-hash.js'

/** What the content of a Secret is used for: `certificate` is tls.crt with tls.key, `authorities` is ca.crt. */
export type SecretPart = 'certificate' | 'authorities'

export type SecretFile = {
  /** `tls/NAME-HASH.pem`, relative to the folder of nginx.conf. HASH is that of the content, or `unknown`. */
  readonly path: string
  readonly secret: ObjectRef & {readonly namespace: string}
  /** Absent if only a cluster has the Secret. */
  readonly credential?: Credential
}

/** The files of one listener. */
export type TlsFiles = {
  /** Of this listener itself. */
  readonly certificate?: SecretFile
  /** They verify clients. */
  readonly clientAuthorities?: SecretFile
  /** They verify servers. */
  readonly backendAuthorities?: SecretFile
}

/**
 * `tls/NAME` of a part of the Secret NAMESPACE/NAME. A hash, because the two names can be longer together than the name of a file
 * may be.
 */
export function secretFileStem(part: SecretPart, secret: string): string {
  return `tls/${contentHash(`${part} ${secret}`)}`
}

export function secretFilePath(stem: string, credential: Credential | undefined): string {
  return `${stem}-${credential?.hash ?? 'unknown'}.pem`
}

/** The stem of a path. */
export function stemOf(path: string): string {
  return path.slice(0, path.lastIndexOf('-'))
}

export function filesOf({certificate, clientAuthorities, backendAuthorities}: TlsFiles = {}): SecretFile[] {
  return [certificate, clientAuthorities, backendAuthorities].filter((file) => file !== undefined)
}
