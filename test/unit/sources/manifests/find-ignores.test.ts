import assert from 'node:assert/strict'
import {findIgnores} from '../../../../src/sources/manifests/find-ignores.js'
import {readManifest} from '../../../../src/sources/manifests/manifest-file.js'

const find = (text: string) =>
  findIgnores(readManifest('a.yaml', text)).map(({codes, scope, location}) => {
    assert.ok('file' in scope)
    return `${location?.line}:${location?.column} ${scope.fromLine}-${scope.toLine} ${codes.join()}`
  })

describe('findIgnores', () => {
  it('finds comments behind something, alone, and for the next line', () => {
    assert.deepEqual(
      find(`a: 1 # lbex-ignore port-invalid -- because
---
# lbex-ignore port-invalid, port-unknown
b: 1
  # lbex-ignore-next-line class-foreign -- a--b
c: 1
#lbex-ignore
`),
      ['1:6 1-1 port-invalid', '3:1 2-8 port-invalid,port-unknown', '5:3 6-6 class-foreign', '7:1 2-8 '],
    )
  })

  it('takes no text for a comment, and no other comment for one of ours', () => {
    assert.deepEqual(
      find(`a: "# lbex-ignore x"
b: '# lbex-ignore x'
c: |
  # lbex-ignore x
d: >-
  text # lbex-ignore x
# lbex-ignored x
# see lbex-ignore x
e: y#lbex-ignore x
`),
      [],
    )
  })

  it('finds them with other line ends, and in documents that are broken', () => {
    assert.deepEqual(find('a: 1\r\nb: 2 # lbex-ignore x\r\n'), ['2:6 2-2 x'])
    assert.deepEqual(find('a: [1 # lbex-ignore x\n'), ['1:7 1-1 x'])
  })
})
