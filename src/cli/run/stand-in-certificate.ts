/** Stands in for certificates that are not known, while `render --validate` tests a configuration. */
import {generateKeyPairSync, sign} from 'node:crypto'

/** A new self-signed certificate with its private key, as PEM. It is never served. */
export function standInCertificate(): string {
  const {publicKey, privateKey} = generateKeyPairSync('ed25519')
  // https://datatracker.ietf.org/doc/html/rfc5280#section-4.1: serial, algorithm, issuer, validity, subject, public key.
  const toSign = sequence(
    Buffer.from([0x02, 1, 1]),
    ED25519,
    sequence(),
    sequence(time('260101000000Z'), time('490101000000Z')),
    sequence(),
    publicKey.export({type: 'spki', format: 'der'}),
  )
  const signature = Buffer.concat([Buffer.from([0x03, 65, 0]), sign(undefined, toSign, privateKey)])
  const lines = sequence(toSign, ED25519, signature).toString('base64').replaceAll(/.{64}/g, '$&\n')
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
  return certificate + privateKey.export({type: 'pkcs8', format: 'pem'}).toString()
}

/** DER of the algorithm identifier (https://datatracker.ietf.org/doc/html/rfc8410#section-3). */
const ED25519 = Buffer.from('300506032b6570', 'hex')

function sequence(...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 128 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Buffer.from([0x30, ...length]), content])
}

function time(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x17, text.length]), Buffer.from(text)])
}
