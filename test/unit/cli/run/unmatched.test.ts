import assert from 'node:assert/strict'
import {unmatchedNames} from '../../../../src/cli/run/unmatched.js'
import {aService} from '../../../support/builders.js'

const services = [aService('web').build(), aService('dns').build()]

describe('unmatchedNames', () => {
  it('says nothing where everything that is named is there', () => {
    assert.deepEqual(unmatchedNames({services}, {}), [])
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'web', namespace: ['default']}), [])
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'default/dns'}), [])
  })

  it('guesses what was meant', () => {
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'wep', namespace: ['defualt']}), [
      'no Service is called wep; did you mean web?',
      'no Service is in namespace defualt; did you mean default?',
    ])
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'default/wep'}), [
      'no Service is called default/wep; did you mean default/web?',
    ])
  })

  it('lists some of what there is', () => {
    assert.deepEqual(unmatchedNames({services}, {'service-name': 'something-else'}), [
      'no Service is called something-else; there are dns, web',
    ])
    const many = Array.from({length: 8}, (_, index) => aService(`s${index}`).build())
    assert.deepEqual(unmatchedNames({services: many}, {'service-name': 'something-else'}), [
      'no Service is called something-else; there are s0, s1, s2, s3, s4 and 3 more',
    ])
    assert.deepEqual(unmatchedNames({services: []}, {namespace: ['web']}), [
      'no Service is in namespace web; no Service was read',
    ])
  })
})
