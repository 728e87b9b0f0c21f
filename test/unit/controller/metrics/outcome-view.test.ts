import assert from 'node:assert/strict'
import {countRejected, refId, servedIds, servedPart} from '../../../../src/controller/metrics/outcome-view.js'
import {finding} from '../fakes.js'
import {balance, BY_WEIGHT} from '../../../support/shared-listeners.js'
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
    assert.deepEqual(servedPart(outcome), {services: [web], shared: []})
    assert.deepEqual(servedIds(outcome), new Set(['default/web']))
  })

  it('are not served where their file was refused before it was written', () => {
    const {translation} = outcome
    const files = translation.files.filter(({owners}) => owners.length === 0)
    assert.deepEqual(servedPart({...outcome, translation: {...translation, files}}).services, [])
  })

  it('have a shared listener as long as one of its owners is served', () => {
    const {loadBalancer} = balance(...BY_WEIGHT)
    const [blue, green] = ['blue', 'green'].map((name) => refTo(name))
    assert.ok(blue && green)
    const file = {path: 'x', text: '', owners: [blue, green], listeners: []}
    const translation = {loadBalancer, files: [file], diagnostics: []}
    const part = (...quarantined: (typeof blue)[]) =>
      servedPart({...outcome, translation, applied: {...outcome.applied, quarantined}}).shared
    assert.deepEqual([part(), part(blue)], [loadBalancer.shared, loadBalancer.shared])
    assert.deepEqual(part(blue, green), [])
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
