import assert from 'node:assert/strict'
import {generateKeyPairSync} from 'node:crypto'
import {inspect} from 'node:util'
import {
  decodeBase64,
  readAuthorities,
  readCredential,
  readKeyPair,
} from '../../../../src/core/cluster/credentials.js'
import {certificateText, credentialOf} from '../../../support/certificates.js'

const text = (file: string) => ({text: certificateText(file)})
const many = (count: number) => ({text: certificateText('web.pem').repeat(count)})
const WEB = credentialOf(readKeyPair(text('web.pem'), text('web.key')))

describe('readKeyPair', () => {
  it('reads a certificate and its key', () => {
    const {hash, pem, ...others} = WEB
    assert.match(hash, /^[0-9a-f]{12}$/)
    assert.equal(pem.reveal().startsWith('-----BEGIN CERTIFICATE-----\n'), true)
    assert.equal(pem.reveal().includes('-----BEGIN PRIVATE KEY-----\n'), true)
    assert.deepEqual(others, {
      notBefore: Date.parse('2026-01-01'),
      notAfter: Date.parse('2126-01-01'),
      names: ['web.example.com', '*.example.org', 'web.default.svc'],
    })
  })

  it('keeps the chain, and nothing else of the text', () => {
    const chain = {text: `note\n${certificateText('web.pem')}${certificateText('authority.pem')}note\n`}
    const {pem, notAfter} = credentialOf(readKeyPair(chain, text('web.key')))
    assert.equal(pem.reveal().match(/BEGIN CERTIFICATE/g)?.length, 2)
    assert.equal(pem.reveal().includes('note'), false)
    assert.equal(notAfter, WEB.notAfter)
  })

  it('reads RSA keys', () => {
    assert.equal(credentialOf(readKeyPair(text('rsa.pem'), text('rsa.key'))).names[0], 'web.example.com')
  })

  const short = generateKeyPairSync('ec', {namedCurve: 'prime192v1'}).privateKey
  const dsa = generateKeyPairSync('dsa', {modulusLength: 1024, divisorLength: 160}).privateKey
  const broken = certificateText('web.pem').replace(/\n.{9}/, '\nAAAAAAAAA')
  const problems: [what: string, ...Parameters<typeof readKeyPair>, problem: string][] = [
    ['no certificate', undefined, text('web.key'), 'no-certificate'],
    ['an empty certificate', {text: ''}, text('web.key'), 'no-certificate'],
    ['no key', text('web.pem'), undefined, 'no-key'],
    ['a certificate that is not base64', 'not-base64', text('web.key'), 'not-base64'],
    ['a key that is not base64', text('web.pem'), 'not-base64', 'not-base64'],
    ['text instead of a certificate', {text: 'text'}, text('web.key'), 'certificate-invalid'],
    ['a damaged certificate', {text: broken}, text('web.key'), 'certificate-invalid'],
    ['text instead of a key', text('web.pem'), {text: 'text'}, 'key-invalid'],
    [
      'a key of another kind',
      text('web.pem'),
      {text: dsa.export({type: 'pkcs8', format: 'pem'}).toString()},
      'key-invalid',
    ],
    ['a key with a passphrase', text('web.pem'), text('encrypted.key'), 'key-encrypted'],
    ['a short key', text('weak.pem'), text('weak.key'), 'key-weak'],
    [
      'a key on a short curve',
      text('web.pem'),
      {text: short.export({type: 'pkcs8', format: 'pem'}).toString()},
      'key-weak',
    ],
    ['too many certificates', many(21), text('web.key'), 'too-many-certificates'],
    ['the key of another certificate', text('web.pem'), text('web-renewed.key'), 'key-mismatch'],
  ]
  for (const [what, crt, key, problem] of problems)
    it(`finds ${what}`, () => assert.deepEqual(readKeyPair(crt, key), {problem}))
})

describe('readAuthorities', () => {
  it('reads certificates; the one that expires last counts', () => {
    const both = {text: certificateText('expired.pem') + certificateText('authority.pem')}
    const {notAfter} = credentialOf(readAuthorities(text('authority.pem')))
    assert.equal(credentialOf(readAuthorities(both)).notAfter, notAfter)
    assert.deepEqual(credentialOf(readAuthorities(both)).names, [])
  })

  it('finds what is wrong', () => {
    assert.deepEqual(readAuthorities(undefined), {problem: 'no-authorities'})
    assert.deepEqual(readAuthorities('not-base64'), {problem: 'not-base64'})
    assert.deepEqual(readAuthorities({text: 'text'}), {problem: 'certificate-invalid'})
    assert.deepEqual(readAuthorities(many(21)), {problem: 'too-many-certificates'})
    assert.ok('credential' in readAuthorities(many(20)))
  })
})

describe('readCredential', () => {
  it('reads what was written to a file', () => {
    const authorities = credentialOf(readAuthorities(text('authority.pem')))
    for (const credential of [WEB, authorities]) {
      const again = readCredential(credential.pem.reveal())
      assert.deepEqual(again, credential)
      assert.equal(again?.pem.reveal(), credential.pem.reveal())
    }
  })

  it('reads nothing from a damaged file', () => assert.equal(readCredential('text'), undefined))
})

describe('decodeBase64', () => {
  it('decodes a text, also over several lines', () => {
    assert.deepEqual(decodeBase64('dGV4\ndA==\n'), {text: 'text'})
  })

  it('finds other text', () => {
    assert.equal(decodeBase64('ENC[text]'), 'not-base64')
    assert.equal(decodeBase64('dGV4d'), 'not-base64')
  })
})

describe('Confidential', () => {
  it('is not printed by anything but its file', () => {
    const {pem} = WEB
    const printed = [JSON.stringify(WEB), inspect(WEB, {depth: 5, showHidden: true}), String(pem)]
    for (const each of printed) {
      assert.equal(each.includes('PRIVATE KEY'), false)
      assert.equal(each.includes('[confidential]'), true)
    }
  })
})
