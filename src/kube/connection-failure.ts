/** What goes wrong before there is an answer: names, connections, certificates. */
import {messageOf} from '../diagnostics/failure.js'
import {ApiFailure, describePlace, type Place} from './api-failure.js'
import {describeProxy} from './proxy.js'
import {ProxyError} from './tunnel.js'

export const PROXY_HINT =
  'check proxy-url in the kubeconfig, else HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and whether the proxy allows this server; name and password go into the URL: http://NAME:PASSWORD@HOST:PORT'

/** The Failure behind an error of a socket, of a proxy, of TLS or of the HTTP parser, and of whatever else a connection throws. */
export function connectionFailure(error: unknown, place: Place): ApiFailure {
  const code = codeOf(error)
  return (
    proxyFailure(error, place) ??
    nameFailure(code, error, place) ??
    tlsFailure(code, error, place) ??
    credentialsRefused(code, error, place) ??
    brokenConnection(code, error, place)
  )
}

/** Node wraps what it tried on several addresses of one name. */
function codeOf(error: unknown): string {
  const {code} = (error ?? {}) as {code?: unknown}
  return typeof code === 'string' ? code : ''
}

/** A proxy serves others too: what it refuses now it may grant later. */
function proxyFailure(error: unknown, place: Place): ApiFailure | undefined {
  if (!(error instanceof ProxyError)) return undefined
  return new ApiFailure(`cannot reach ${describePlace(place)}: the proxy ${error.message}`, {
    code: 'api-proxy',
    hint: PROXY_HINT,
    temporary: true,
    cause: error,
  })
}

function nameFailure(code: string, cause: unknown, place: Place): ApiFailure | undefined {
  if (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') return undefined
  const why = code === 'ENOTFOUND' ? 'is not known to DNS' : 'cannot be looked up: DNS does not answer'
  return new ApiFailure(`cannot reach ${describePlace(place)}: the name ${place.server.hostname} ${why}`, {
    code: 'api-dns',
    hint: 'check the spelling of the name and the DNS servers in /etc/resolv.conf',
    temporary: true,
    cause,
  })
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNKNOWN_ISSUERS = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
])

function tlsFailure(code: string, cause: unknown, place: Place): ApiFailure | undefined {
  const found = tlsProblem(code, cause)
  if (!found) return undefined
  const [problem, hint] = found
  return new ApiFailure(`no secure connection to ${describePlace(place)}: ${problem}`, {
    code: 'api-tls',
    hint,
    cause,
  })
}

function tlsProblem(code: string, error: unknown): [problem: string, hint: string] | undefined {
  if (UNKNOWN_ISSUERS.has(code)) {
    return [
      'its certificate is signed by an authority that is not trusted',
      'give the right certificate-authority in the kubeconfig (or NODE_EXTRA_CA_CERTS); is this the right server?',
    ]
  }
  if (code === 'CERT_HAS_EXPIRED')
    return ['its certificate has expired', 'renew the certificate, or check the clock of this host']
  if (code === 'CERT_NOT_YET_VALID')
    return ['its certificate is not valid yet', 'check the clock of this host']
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      `its certificate is for another name (${messageOf(error)})`,
      'use a name that is in the certificate, or give tls-server-name in the kubeconfig',
    ]
  }
  if (
    /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/.test(code) &&
    /wrong version number/i.test(messageOf(error))
  ) {
    return ['it does not speak TLS', 'write http:// if it is a plain HTTP server such as kubectl proxy']
  }
  return undefined
}

/** The server ends the handshake because of the client's certificate, or the client cannot read its own. */
function credentialsRefused(code: string, cause: unknown, place: Place): ApiFailure | undefined {
  if (/^ERR_OSSL|^ERR_INVALID_CHAR/.test(code)) {
    return new ApiFailure(`the credentials for ${describePlace(place)} cannot be used: ${code}`, {
      code: 'credentials-invalid',
      hint: 'check that certificate and key are PEM files that belong together, and that the token is one line',
    })
  }
  if (!/^(EPROTO|ERR_SSL)/.test(code)) return undefined
  return new ApiFailure(`no secure connection to ${describePlace(place)}: ${messageOf(cause).trim()}`, {
    code: 'api-tls',
    hint: 'check the client certificate, and that a Kubernetes API server listens there',
    cause,
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'there is no route to this host',
  ENETUNREACH: 'there is no route to this network',
  ETIMEDOUT: 'the connection timed out',
}

function brokenConnection(code: string, cause: unknown, place: Place): ApiFailure {
  if (code.startsWith('HPE_')) return notHttp(cause, place)
  const why = REASONS[code] ?? (messageOf(cause) || code)
  return new ApiFailure(`cannot reach ${describePlace(place)}: ${why}`, {
    code: code === 'ECONNREFUSED' ? 'api-refused' : 'api-connection',
    hint: 'check that it runs, that address and port are right, and that no firewall is between',
    temporary: true,
    cause,
  })
}

function notHttp(cause: unknown, place: Place): ApiFailure {
  return new ApiFailure(`${describePlace(place)} does not speak HTTP`, {
    code: 'not-an-api-server',
    hint: 'check the port; write https:// if it is one for TLS',
    cause,
  })
}

/** `problem`: what did not happen in time. */
export function timeoutFailure(problem: string, place: Place): ApiFailure {
  return new ApiFailure(`${describePlace(place)}: ${problem}`, {
    code: 'api-timeout',
    hint: `check that ${runningFor(place)}, and that no firewall drops the packets on the way`,
    temporary: true,
  })
}

/** A proxy that does not answer, or waits for the server, looks the same from here. */
function runningFor({proxy}: Place): string {
  return proxy ? `the proxy ${describeProxy(proxy)} runs and reaches the server` : 'it runs'
}
