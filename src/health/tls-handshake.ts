/** The TLS handshake of a probe: it succeeds if NGINX would accept the certificate of the server. */
import type {Socket} from 'node:net'
import {connect, createSecureContext, type SecureContext, type TLSSocket} from 'node:tls'
import type {Credential} from '../core/cluster/credentials.js'
import type {ProbeTls} from '../core/intent/health-check.js'
import {failed, failedSocket, type Decide, type ProbeResult} from './probe-result.js'

/** `socket` is connected. `onSecure` is called after a handshake that succeeded, and `decide` if it fails. */
export function startTls(
  socket: Socket,
  tls: ProbeTls,
  decide: Decide,
  onSecure: (socket: Socket) => void,
): TLSSocket {
  const {name, authorities} = tls
  let isSecure = false
  const secured = connect({
    ...{socket, servername: name, minVersion: 'TLSv1.2'},
    ...{secureContext: contextFor(authorities), rejectUnauthorized: authorities !== undefined},
  })
  secured.on('error', (error: NodeJS.ErrnoException) =>
    decide(isSecure ? failedSocket(error) : failedHandshake(error, tls)),
  )
  secured.once('secureConnect', () => {
    isSecure = true
    onSecure(secured)
  })
  return secured
}

/** Stands for the absence of authorities. */
const NO_AUTHORITIES = {}

/** To parse the authorities for each probe would cost more than the handshake, and a context without any takes a millisecond. */
const contexts = new WeakMap<object, SecureContext>()

/** The same context for the same authorities. */
export function contextFor(authorities: Credential | undefined): SecureContext {
  const key = authorities ?? NO_AUTHORITIES
  const known = contexts.get(key)
  if (known) return known
  const context = createSecureContext(authorities && {ca: authorities.pem.reveal()})
  contexts.set(key, context)
  return context
}

function failedHandshake(error: NodeJS.ErrnoException & {reason?: string}, {name}: ProbeTls): ProbeResult {
  const {code = '', reason} = error
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failed(`the certificate is not for ${name}`)
  if (REASONS[code]) return failed(REASONS[code])
  return reason === undefined ? failedSocket(error) : failed(`the TLS handshake failed: ${reason}`)
}

const UNTRUSTED = 'no authority in ca.crt of the Secret has issued the certificate'

/** Codes of OpenSSL (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and of Node.js. */
const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not answer with TLS',
  ECONNRESET: 'the connection was closed during the TLS handshake',
}
