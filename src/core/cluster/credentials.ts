/** Parses certificates and private keys. Whether a certificate has expired depends on the time, so the caller decides that. */
import {createHash, createPrivateKey, X509Certificate, type KeyObject} from 'node:crypto'
import {Confidential} from './confidential.js'

/** A certificate chain with its private key, or the certificates of authorities. */
export type Credential = {
  /** 12 hexadecimal digits of its content. */
  readonly hash: string
  /** Milliseconds since the epoch: of the certificate itself, or of the authority that expires last. */
  readonly notBefore: number
  readonly notAfter: number
  /** The DNS names of the certificate, in lower case; empty for authorities. */
  readonly names: readonly string[]
  /** PEM; with the private key, if it has one. */
  readonly pem: Confidential
}

/** Why the content of a Secret cannot be used. */
export type CredentialProblem =
  | 'no-certificate'
  | 'no-key'
  | 'no-authorities'
  | 'not-base64'
  | 'certificate-invalid'
  | 'too-many-certificates'
  | 'key-invalid'
  | 'key-encrypted'
  | 'key-weak'
  | 'key-mismatch'

export type CredentialReading = {readonly credential: Credential} | {readonly problem: CredentialProblem}

/** What a Secret has under a key: its text, `not-base64`, or nothing. */
export type SecretText = {readonly text: string} | 'not-base64' | undefined

/** The text of a value in `data` of a Secret. */
export function decodeBase64(value: string): SecretText {
  const digits = value.replaceAll(/\s/g, '')
  return /^[A-Za-z0-9+/]*={0,2}$/.test(digits) && digits.length % 4 === 0
    ? {text: Buffer.from(digits, 'base64').toString('latin1')}
    : 'not-base64'
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificate of a server: `crt` has its chain, the certificate of the server first, and `key` its private key (both PEM). */
export function readKeyPair(crt: SecretText, key: SecretText): CredentialReading {
  if (crt === 'not-base64' || key === 'not-base64') return {problem: 'not-base64'}
  if (!crt || crt.text === '') return {problem: 'no-certificate'}
  if (!key || key.text === '') return {problem: 'no-key'}
  if (hasTooMany(crt.text)) return {problem: 'too-many-certificates'}
  const [leaf, ...others] = parseCertificates(crt.text) ?? []
  if (!leaf) return {problem: 'certificate-invalid'}
  const privateKey = parseKey(key.text)
  if (typeof privateKey === 'string') return {problem: privateKey}
  if (!leaf.checkPrivateKey(privateKey)) return {problem: 'key-mismatch'}
  const keyText = privateKey.export({type: 'pkcs8', format: 'pem'}).toString()
  return {credential: credentialOf([leaf, ...others], [leaf], keyText)}
}

/** Certificates of authorities, which verify the certificates of clients or of backends. */
export function readAuthorities(crt: SecretText): CredentialReading {
  if (crt === 'not-base64') return {problem: 'not-base64'}
  if (!crt || crt.text === '') return {problem: 'no-authorities'}
  if (hasTooMany(crt.text)) return {problem: 'too-many-certificates'}
  const [first, ...others] = parseCertificates(crt.text) ?? []
  if (!first) return {problem: 'certificate-invalid'}
  return {credential: credentialOf([first, ...others], [first, ...others], '')}
}

/** The same from the content of `pem`, which is on disk. Undefined if it is damaged. */
export function readCredential(pem: string): Credential | undefined {
  const [first, ...others] = parseCertificates(pem) ?? []
  if (!first) return undefined
  const at = pem.search(/-----BEGIN PRIVATE KEY-----/)
  const all = [first, ...others]
  return at === -1 ? credentialOf(all, all, '') : credentialOf(all, [first], pem.slice(at))
}

/** NGINX reads all certificates once for each listener, at each reload: 144 in each of 200 listeners take half a minute. */
const MOST_CERTIFICATES = 20

function hasTooMany(text: string): boolean {
  return [...text.matchAll(CERTIFICATE)].length > MOST_CERTIFICATES
}

/** The certificates in the text; an empty list if it contains no certificate, undefined if one is not valid. */
function parseCertificates(text: string): X509Certificate[] | undefined {
  try {
    const found = [...text.matchAll(CERTIFICATE)].map(([pem]) => new X509Certificate(pem))
    return found.every(isOrdered) ? found : undefined
  } catch {
    return undefined
  }
}

function isOrdered({validFrom, validTo}: X509Certificate): boolean {
  return Date.parse(validFrom) <= Date.parse(validTo)
}

/** OpenSSL of Debian does not load shorter ones (https://www.openssl.org/docs/man3.0/man3/SSL_CTX_set_security_level.html). */
const SHORTEST_RSA_KEY = 2048
const SHORTEST_CURVE = 224

const USABLE_KEYS: ReadonlySet<string | undefined> = new Set(['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448'])

function parseKey(text: string): KeyObject | CredentialProblem {
  if (/ENCRYPTED/.test(text)) return 'key-encrypted'
  try {
    const key = createPrivateKey(text)
    return USABLE_KEYS.has(key.asymmetricKeyType) ? (isShort(key) ? 'key-weak' : key) : 'key-invalid'
  } catch {
    return 'key-invalid'
  }
}

/** The name of a curve has its bits, such as prime256v1. A few have none, which are short too. */
function isShort({asymmetricKeyType, asymmetricKeyDetails = {}}: KeyObject): boolean {
  const {modulusLength = SHORTEST_RSA_KEY, namedCurve = ''} = asymmetricKeyDetails
  const bits = Number(/\d{3}/.exec(namedCurve)?.[0] ?? 0)
  return modulusLength < SHORTEST_RSA_KEY || (asymmetricKeyType === 'ec' && bits < SHORTEST_CURVE)
}

/** `judged`: the certificates whose validity counts. */
function credentialOf(
  chain: readonly X509Certificate[],
  judged: readonly X509Certificate[],
  key: string,
): Credential {
  const pem = [...chain.map(String), key].join('')
  const last = judged.reduce((a, b) => (Date.parse(b.validTo) > Date.parse(a.validTo) ? b : a))
  return {
    hash: createHash('sha256').update(pem).digest('hex').slice(0, 12),
    notBefore: Date.parse(last.validFrom),
    notAfter: Date.parse(last.validTo),
    names: key === '' ? [] : namesOf(last),
    pem: new Confidential(pem),
  }
}

function namesOf({subjectAltName = ''}: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = '']) => name.toLowerCase())
}
