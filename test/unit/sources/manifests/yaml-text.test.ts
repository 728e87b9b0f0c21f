import assert from 'node:assert/strict'
import {yamlText} from '../../../../src/sources/manifests/yaml-text.js'

describe('yamlText', () => {
  it('writes values without aliases and without folded lines', () => {
    const same = {a: 'x '.repeat(60).trim()}
    assert.equal(yamlText({first: same, second: same}), `first:\n  a: ${same.a}\nsecond:\n  a: ${same.a}\n`)
  })
})
