/** Failures before there is a response: DNS, connections, TLS, proxies. */
import {messageOf} from '../diagnostics/failure.js'
import {ApiFailure, describeApiServer, type ApiServer} from './api-failure.js'
import {describeProxy} from './proxy.js'
import {ProxyError} from './tunnel.js'

export const PROXY_HINT =
  'check proxy-url in the kubeconfig, or else HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and check that the proxy allows this server; user name and password belong in the URL: http://NAME:PASSWORD@HOST:PORT'

/** Converts an error of a socket, a proxy, TLS or the HTTP parser, or any other error of a connection. */
export function connectionFailure(error: unknown, apiServer: ApiServer): ApiFailure {
  const code = codeOf(error)
  return (
    proxyFailure(error, apiServer) ??
    nameFailure(code, error, apiServer) ??
    tlsFailure(code, error, apiServer) ??
    credentialsRefused(code, error, apiServer) ??
    brokenConnection(code, error, apiServer)
  )
}

/** The AggregateError of a name with several addresses has a code, too. */
function codeOf(error: unknown): string {
  const {code} = (error ?? {}) as {code?: unknown}
  return typeof code === 'string' ? code : ''
}

/** Temporary, because a proxy may be overloaded or restarted, and its rules may change. */
function proxyFailure(error: unknown, apiServer: ApiServer): ApiFailure | undefined {
  if (!(error instanceof ProxyError)) return undefined
  return new ApiFailure(`cannot reach ${describeApiServer(apiServer)}: the proxy ${error.message}`, {
    code: 'api-proxy',
    hint: PROXY_HINT,
    temporary: true,
    cause: error,
  })
}

function nameFailure(code: string, cause: unknown, apiServer: ApiServer): ApiFailure | undefined {
  if (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') return undefined
  const why = code === 'ENOTFOUND' ? 'does not exist in DNS' : 'cannot be resolved: DNS does not answer'
  return new ApiFailure(
    `cannot reach ${describeApiServer(apiServer)}: the name ${apiServer.url.hostname} ${why}`,
    {
      code: 'api-dns',
      hint: 'check the spelling of the name and the DNS servers in /etc/resolv.conf',
      temporary: true,
      cause,
    },
  )
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

function tlsFailure(code: string, cause: unknown, apiServer: ApiServer): ApiFailure | undefined {
  const found = tlsProblem(code, cause)
  if (!found) return undefined
  const [problem, hint] = found
  return new ApiFailure(`cannot establish a TLS connection to ${describeApiServer(apiServer)}: ${problem}`, {
    code: 'api-tls',
    hint,
    cause,
  })
}

function tlsProblem(code: string, error: unknown): [problem: string, hint: string] | undefined {
  if (UNKNOWN_ISSUERS.has(code)) {
    return [
      'its certificate is signed by an unknown authority',
      'set certificate-authority in the kubeconfig (or NODE_EXTRA_CA_CERTS), and check that this is the right server',
    ]
  }
  if (code === 'CERT_HAS_EXPIRED')
    return ['its certificate has expired', 'renew the certificate, or check the clock of this host']
  if (code === 'CERT_NOT_YET_VALID')
    return ['its certificate is not valid yet', 'check the clock of this host']
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      `its certificate is for another name (${messageOf(error)})`,
      'use a name that is in the certificate, or set tls-server-name in the kubeconfig',
    ]
  }
  if (
    /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)$/.test(code) &&
    /wrong version number/i.test(messageOf(error))
  ) {
    return ['it does not speak TLS', 'use http:// if it is a plain HTTP server such as kubectl proxy']
  }
  return undefined
}

/** The server rejects the client certificate during the handshake, or Node cannot use the client certificate. */
function credentialsRefused(code: string, cause: unknown, apiServer: ApiServer): ApiFailure | undefined {
  if (/^ERR_OSSL|^ERR_INVALID_CHAR/.test(code)) {
    return new ApiFailure(`the credentials for ${describeApiServer(apiServer)} cannot be used: ${code}`, {
      code: 'credentials-invalid',
      hint: 'check that certificate and key are PEM files that belong together, and that the token is a single line',
    })
  }
  if (!/^(EPROTO|ERR_SSL)/.test(code)) return undefined
  return new ApiFailure(
    `cannot establish a TLS connection to ${describeApiServer(apiServer)}: ${messageOf(cause).trim()}`,
    {
      code: 'api-tls',
      hint: 'check the client certificate, and that a Kubernetes API server listens at this address',
      cause,
    },
  )
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection closed',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
}

function brokenConnection(code: string, cause: unknown, apiServer: ApiServer): ApiFailure {
  if (code.startsWith('HPE_')) return notHttp(cause, apiServer)
  const why = REASONS[code] ?? (messageOf(cause) || code)
  return new ApiFailure(`cannot reach ${describeApiServer(apiServer)}: ${why}`, {
    code: code === 'ECONNREFUSED' ? 'api-refused' : 'api-connection',
    hint: 'check that it is running, that address and port are correct, and that no firewall blocks the connection',
    temporary: true,
    cause,
  })
}

function notHttp(cause: unknown, apiServer: ApiServer): ApiFailure {
  return new ApiFailure(`${describeApiServer(apiServer)} does not speak HTTP`, {
    code: 'not-an-api-server',
    hint: 'check the port; use https:// if it expects TLS',
    cause,
  })
}

/** `problem`: what did not happen in time. */
export function timeoutFailure(problem: string, apiServer: ApiServer): ApiFailure {
  return new ApiFailure(`${describeApiServer(apiServer)}: ${problem}`, {
    code: 'api-timeout',
    hint: `check that ${runningFor(apiServer)}, and that no firewall drops the packets`,
    temporary: true,
  })
}

/** A proxy that does not answer cannot be distinguished from one that waits for the server. */
function runningFor({proxy}: ApiServer): string {
  return proxy ? `the proxy ${describeProxy(proxy)} is running and can reach the server` : 'it is running'
}
