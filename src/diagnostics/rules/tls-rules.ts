/** TLS to clients and to backends, and the Secrets that it needs. */
import {listed, quote, rule} from '../rule.js'

/** Why a Secret cannot be used. */
export type SecretProblem = {
  readonly code: keyof typeof PROBLEMS
  /** A date, a limit, the type of the Secret, a failure. */
  readonly detail?: string
  /** The RBAC rule that is missing. */
  readonly rule?: string
}

type SecretArgs = {
  /** NAMESPACE/NAME */
  secret: string
  /** The annotation without its domain: `tls-secret`. */
  setting: string
  problem: SecretProblem
}

const RENEW = 'renew the certificate and write it to the Secret'

/** What is wrong, after "Secret NAME", and what to do. */
const PROBLEMS = {
  missing: {what: () => 'does not exist', advice: 'create the Secret, or correct its name'},
  forbidden: {what: () => 'may not be read by lbex', advice: 'allow lbex to get and watch the Secret'},
  unanswered: {
    what: (detail: string) => `could not be read yet${detail && `: ${detail}`}`,
    advice: 'lbex retries; check the API server',
  },
  limit: {
    what: (detail: string) => `is not read: lbex reads at most ${detail} Secrets`,
    advice: 'use the same Secret for several Services, or more pools of lbex hosts',
  },
  type: {
    what: (detail: string) => `has the type ${quote(detail)}, not kubernetes.io/tls`,
    advice: 'create it with kubectl create secret tls',
  },
  'no-certificate': {
    what: () => 'has no tls.crt',
    advice: 'write the certificate chain (PEM) to data["tls.crt"]',
  },
  'no-key': {what: () => 'has no tls.key', advice: 'write the private key (PEM) to data["tls.key"]'},
  'no-authorities': {
    what: () => 'has no ca.crt',
    advice: 'write the certificates of the authorities (PEM) to data["ca.crt"]',
  },
  'not-base64': {what: () => 'has data that is not base64', advice: 'encode the values, or use stringData'},
  'certificate-invalid': {
    what: () => 'has no valid certificate',
    advice: 'write certificates in PEM form ("-----BEGIN CERTIFICATE-----")',
  },
  'too-many-certificates': {
    what: () => 'has more than 20 certificates',
    advice:
      'keep the chain of the server, or the authorities that sign the certificates of your clients or backends',
  },
  'key-invalid': {
    what: () => 'has a private key that is not valid',
    advice: 'write an RSA, ECDSA or Ed25519 key in PEM form',
  },
  'key-encrypted': {
    what: () => 'has a private key with a passphrase',
    advice: 'write the key without a passphrase (openssl pkey)',
  },
  'key-weak': {
    what: () => 'has a private key that is too short',
    advice: 'use an ECDSA key of 256 bits or more, or an RSA key of 2048 bits or more',
  },
  'key-mismatch': {
    what: () => 'has a private key that does not belong to its certificate',
    advice: 'write the key and the first certificate of the same pair',
  },
  expired: {what: (detail: string) => `has a certificate that expired on ${detail}`, advice: RENEW},
  'not-yet-valid': {
    what: (detail: string) => `has a certificate that is not valid before ${detail}`,
    advice: 'check the certificate and the clock of the host',
  },
} as const

function describe({secret, problem: {code, detail = ''}}: SecretArgs): string {
  return `Secret ${secret} ${PROBLEMS[code].what(detail)}`
}

function advice({problem: {code, rule: needed}}: SecretArgs): string {
  return needed ?? PROBLEMS[code].advice
}

export const TLS_RULES = {
  'tls-secret-unusable': rule({
    severity: 'error',
    message: (args: SecretArgs) => `${describe(args)}; ${args.setting} needs it, so this port is not exposed`,
    hint: advice,
    reason:
      'Without the certificate NGINX cannot decrypt connections, and without the authorities it cannot verify clients or backends. lbex does not serve such a port without TLS.',
  }),
  'tls-secret-kept': rule({
    severity: 'warning',
    message: (args: SecretArgs) =>
      `${describe(args)}; NGINX continues to use the last good content for ${args.setting}`,
    hint: advice,
    reason:
      'A renewal that went wrong must not interrupt the Service. The last good certificate expires, so the Secret needs a correction.',
  }),
  'tls-certificate-expires': rule({
    severity: 'warning',
    message: ({secret, date}: {secret: string; date: string}) =>
      `the certificate in Secret ${secret} expires on ${date}`,
    hint: () => RENEW,
    reason: 'It expires in less than 14 days. Clients refuse an expired certificate.',
  }),
  'tls-secret-needed': rule({
    severity: 'error',
    message: () =>
      'NGINX verifies client certificates only if it terminates TLS, and there is no loadbalancer.lbex/tls-secret; this port is not exposed',
    hint: () => 'add loadbalancer.lbex/tls-secret, or remove the annotation',
    reason:
      'Client certificates are a part of TLS. If lbex ignored the annotation, clients without a certificate could connect.',
  }),
  'tls-inside-tls': rule({
    severity: 'warning',
    message: () =>
      'the connections for the host names are encrypted already, and NGINX encrypts them once more for the backends',
    hint: () =>
      'add loadbalancer.lbex/tls-secret, so that NGINX decrypts them first, or remove loadbalancer.lbex/tls-to-backend',
    reason:
      'hosts without tls-secret passes on TLS connections as they are. A usual backend does not understand TLS inside TLS.',
  }),
  'tls-host-uncovered': rule({
    severity: 'warning',
    message: ({secret, hosts}: {secret: string; hosts: readonly string[]}) =>
      `the certificate in Secret ${secret} is not for ${listed(hosts, quote, 5)}; clients refuse it`,
    hint: () => 'add the names to the certificate (subjectAltName), or correct loadbalancer.lbex/hosts',
    reason: 'Clients compare the name that they connect to with the names in the certificate.',
  }),
} as const
