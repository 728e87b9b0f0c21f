import assert from 'node:assert/strict'
import {
  countListeners,
  countRejected,
  servedIds,
  servedPart,
  serviceId,
} from '../../../src/controller/served-part.js'
import {balance, BY_WEIGHT} from '../../support/shared-listeners.js'
import {finding} from './fakes.js'
import {anOutcome, refTo, served} from './metrics/samples.js'

describe('the Services of an outcome', () => {
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

  it('are served if they have a file and it is not left out', () => {
    assert.deepEqual(servedPart(outcome), {services: [web], shared: []})
    assert.deepEqual(servedIds(outcome), new Set(['default/web']))
  })

  it('are not served if no file was written for them', () => {
    const {translation} = outcome
    const files = translation.files.filter(({owners}) => owners.length === 0)
    assert.deepEqual(servedPart({...outcome, translation: {...translation, files}}).services, [])
  })

  it('have a shared listener as long as one of its owners is served', () => {
    const {loadBalancer} = balance(...BY_WEIGHT)
    const [blue, green] = ['blue', 'green'].map((name) => refTo(name))
    assert.ok(blue && green)
    const file = {path: 'x', text: '', owners: [blue, green], listeners: []}
    const translation = {loadBalancer, services: [], files: [file], diagnostics: []}
    const part = (...quarantined: (typeof blue)[]) =>
      servedPart({...outcome, translation, applied: {...outcome.applied, quarantined}}).shared
    assert.deepEqual([part(), part(blue)], [loadBalancer.shared, loadBalancer.shared])
    assert.deepEqual(part(blue, green), [])
  })

  it('are rejected if they have an error and are neither served nor quarantined', () => {
    assert.equal(countRejected(outcome), 2)
  })

  it('are identified by namespace and name', () => {
    assert.deepEqual([refTo('b', 'a'), refTo('a', 'b'), {kind: 'Service', name: 'c'}].map(serviceId), [
      'a/b',
      'b/a',
      '/c',
    ])
  })

  it('have open listeners, and some that the host cannot open', () => {
    const {loadBalancer} = balance(...BY_WEIGHT)
    const files = [{path: 'x', text: '', owners: [refTo('blue')], listeners: []}]
    const translation = {loadBalancer, services: [], files, diagnostics: []}
    assert.deepEqual(countListeners({...outcome, translation}), {open: 1, unavailable: 0})
    assert.deepEqual(countListeners({...outcome, unavailable: 2}), {open: 1, unavailable: 2})
  })
})
