/**
 * Certificates for tests, in certificates/: `authority` issued `web`, `web-renewed` and `rsa` (valid until 2126), `expired` (in 2021),
 * `expiring` (on 2027-01-10), `weak` (RSA with 1024 bits) and `client`; `other-authority` issued `other-client`. `encrypted` is only a key.
 */
import {readFileSync} from 'node:fs'
import type {Credential, CredentialReading} from '../../src/core/cluster/credentials.js'
import {readAuthorities, readKeyPair} from '../../src/core/cluster/credentials.js'
import type {Secret, SecretContent} from '../../src/core/cluster/objects.js'

/** The path of `web.pem`, `web.key`. */
export function certificatePath(name: string): string {
  return new URL(`certificates/${name}`, import.meta.url).pathname
}

/** The text of `web.pem`, `web.key`. */
export function certificateText(name: string): string {
  return readFileSync(certificatePath(name), 'utf8')
}

export function credentialOf(reading: CredentialReading): Credential {
  if ('problem' in reading) throw new Error(reading.problem)
  return reading.credential
}

/** A Secret in the namespace `default` with the certificate `pair`, and with the certificate `authority`. */
export function aSecret(
  name: string,
  {pair, authority, type = 'kubernetes.io/tls'}: {pair?: string; authority?: string; type?: string},
): Secret & SecretContent {
  const text = (base: string | undefined, ending: string) =>
    base === undefined ? undefined : {text: certificateText(`${base}.${ending}`)}
  return {
    ref: {kind: 'Secret', namespace: 'default', name},
    type,
    certificate: readKeyPair(text(pair, 'pem'), text(pair, 'key')),
    authorities: readAuthorities(text(authority, 'pem')),
  }
}
