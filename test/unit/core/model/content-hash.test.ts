import assert from 'node:assert/strict'
import {contentHash} from '../../../../src/core/model/content-hash.js'

describe('contentHash', () => {
  it('is the beginning of a SHA-256', () => {
    assert.equal(contentHash('listen 80;\n'), 'ae7ea37f433f')
  })

  it('ignores comments', () => {
    assert.equal(contentHash('# a\nlisten 80;\n  # b\n}\n'), contentHash('listen 80;\n\t# c\n}\n# last'))
    assert.notEqual(contentHash('listen 80;\n'), contentHash('listen 81;\n'))
    assert.notEqual(contentHash('a # b\n'), contentHash('a\n'))
  })
})
