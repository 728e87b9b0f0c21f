import assert from 'node:assert/strict'
import {unmatchedNames} from '../../../../src/cli/run/unmatched.js'
import {aService} from '../../../support/builders.js'

const services = [aService('web').build(), aService('dns').build()]

describe('unmatchedNames', () => {
  it('returns nothing if all names exist', () => {
    assert.deepEqual(unmatchedNames({services}, {}), [])
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'web', namespace: ['default']}), [])
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'default/dns'}), [])
  })

  it('suggests a similar name', () => {
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'wep', namespace: ['defualt']}), [
      'there is no Service called wep; did you mean web?',
      'there is no Service in namespace defualt; did you mean default?',
    ])
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'default/wep'}), [
      'there is no Service called default/wep; did you mean default/web?',
    ])
  })

  it('lists some existing names', () => {
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'something-else'}), [
      'there is no Service called something-else; found: dns, web',
    ])
    const many = Array.from({length: 8}, (_, index) => aService(`s${index}`).build())
    assert.deepEqual(unmatchedNames({services: many}, {'service-name': 'something-else'}), [
      'there is no Service called something-else; found: s0, s1, s2, s3, s4 and 3 more',
    ])
    assert.deepEqual(unmatchedNames({services: []}, {namespace: ['web']}), [
      'there is no Service in namespace web; no Service was read',
    ])
  })
})
