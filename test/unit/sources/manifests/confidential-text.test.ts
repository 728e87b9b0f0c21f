import assert from 'node:assert/strict'
import {isConfidential, quotableLines} from '../../../../src/sources/manifests/confidential-text.js'
import {PlacedDocument} from '../../../../src/sources/manifests/placed-document.js'
import {readDocument} from '../../../../src/sources/manifests/read-document.js'

describe('isConfidential', () => {
  for (const text of [
    'kind: Secret\n',
    '{"kind":"Secret"}',
    'items:\n- {"kind" : "Secret"}\n',
    'kind: !!str Secret\n',
    'tls.key: |\n  -----BEGIN EC PRIVATE KEY-----\n',
    'tls.key: LS0tLS1CRUdJTiBQ\n',
  ])
    it(`is true for ${JSON.stringify(text)}`, () => assert.equal(isConfidential(text), true))

  it('is false for a Service that names a Secret', () => {
    assert.equal(isConfidential('kind: Service\nloadbalancer.lbex/tls-secret: web\n'), false)
  })
})

describe('quotableLines', () => {
  it('leaves out the documents with Secrets, and no others', () => {
    const text = 'kind: Service\r\n---\nkind: Secret\ndata: {a: b}\n---\nkind: Pod\n'
    const hidden = Array.from({length: 3}, () => undefined)
    assert.deepEqual(quotableLines(text), ['kind: Service', ...hidden, '---', 'kind: Pod', ''])
  })

  it('leaves out a Secret at the end of a file without a line break', () => {
    assert.deepEqual(quotableLines('kind: Pod\n---\nkind: Secret'), ['kind: Pod', undefined, undefined])
  })

  it('has all lines of a file without Secrets', () => {
    assert.deepEqual(quotableLines('a: 1\nb: 2'), ['a: 1', 'b: 2'])
  })
})

describe('a Secret that is not valid YAML', () => {
  for (const value of [
    '*KEYKEY',
    '!!KEYKEY x',
    '"\\qKEYKEY"',
    'x: KEYKEY',
    '{a: KEYKEY',
    '"a" KEYKEY',
    '|KEYKEY',
  ])
    it(`is not quoted in the message: ${value}`, () => {
      const text = `kind: Secret\nmetadata: {name: a}\ndata:\n  tls.key: ${value}\n`
      const {diagnostics} = readDocument(new PlacedDocument('a.yaml', {text, line: 1, column: 1}), 0)
      assert.ok(diagnostics.length > 0)
      assert.equal(JSON.stringify(diagnostics).includes('KEYKEY'), false)
    })
})
