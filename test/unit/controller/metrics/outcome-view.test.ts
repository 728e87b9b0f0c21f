import assert from 'node:assert/strict'
import {
  countRejected,
  refId,
  servedIds,
  servedServices,
} from '../../../../src/controller/metrics/outcome-view.js'
import {finding} from '../fakes.js'
import {anOutcome, refTo, served} from './samples.js'

describe('what became of the Services', () => {
  const web = served('web', ['TCP'])
  const outcome = anOutcome({
    services: [web, served('bad', ['TCP'])],
    quarantined: [refTo('bad')],
    diagnostics: [
      ...['web', 'bad', 'a', 'a', 'b'].map((name) => finding(name)),
      {...finding('warned'), severity: 'warning'},
      {...finding('a.yaml'), object: {kind: 'File', name: 'a.yaml'}},
    ],
  })

  it('are served where their file is, and is not left out', () => {
    assert.deepEqual(servedServices(outcome), [web])
    assert.deepEqual(servedIds(outcome), new Set(['default/web']))
  })

  it('are not served where their file was refused before it was written', () => {
    const {translation} = outcome
    const files = translation.files.filter(({owner}) => owner === undefined)
    assert.deepEqual(servedServices({...outcome, translation: {...translation, files}}), [])
  })

  it('are rejected where an error is all that came of them', () => {
    assert.equal(countRejected(outcome), 2)
  })

  it('are told apart by namespace and name', () => {
    assert.deepEqual([refTo('b', 'a'), refTo('a', 'b'), {kind: 'Service', name: 'c'}].map(refId), [
      'a/b',
      'b/a',
      '/c',
    ])
  })
})
