import assert from 'node:assert/strict'
import {partialOutcome} from '../../../src/controller/partial-outcome.js'
import {finding} from './fakes.js'
import {anOutcome, refTo, served} from './metrics/samples.js'

describe('partialOutcome', () => {
  const at = 1
  const before = anOutcome({
    services: [served('web', ['TCP']), served('dns', ['UDP']), served('old', ['TCP'])],
    diagnostics: [finding('web'), finding('dns')],
    quarantined: [refTo('web'), refTo('dns')],
  })
  const now = anOutcome({
    services: [served('web', ['TCP'], 3), served('dns', ['UDP'], 4), served('new', ['TCP'])],
    diagnostics: [finding('new')],
    triggers: [
      {service: refTo('web'), at},
      {service: refTo('new'), at},
    ],
  })

  it('has the Services that wait as they were, and the others as they are', () => {
    const {applied, translation, diagnostics, triggers} = partialOutcome(before, now, [
      refTo('web'),
      refTo('old'),
      refTo('new'),
      refTo('new'),
    ])
    const {services} = translation.loadBalancer
    assert.deepEqual(
      services.map(({ref, upstreams}) => [ref.name, upstreams[0]?.servers.length]),
      [
        ['dns', 4],
        ['web', 1],
        ['old', 1],
      ],
    )
    assert.deepEqual(
      translation.files.map(({path}) => path),
      ['nginx.conf', 'services/dns.conf', 'services/web.conf', 'services/old.conf'],
    )
    assert.deepEqual(diagnostics, [finding('web')])
    assert.deepEqual(applied.quarantined, [refTo('web')])
    assert.deepEqual(triggers, [])
  })

  it('is all of the outcome if nothing waits', () => {
    assert.deepEqual(partialOutcome(before, now, []), now)
  })

  it('treats a shared listener as waiting if one of its Services waits', () => {
    const [listener] = served('web', ['TCP']).listeners
    assert.ok(listener)
    const owners = ['web', 'dns'].map((name) => ({ref: refTo(name), id: name}))
    const shared = [{owners, listener, upstreams: []}]
    const sharing = {...before, translation: {...before.translation, loadBalancer: {services: [], shared}}}
    const names = (waiting: string[]): number =>
      partialOutcome(
        sharing,
        now,
        waiting.map((name) => refTo(name)),
      ).translation.loadBalancer.shared.length
    assert.deepEqual([names(['dns']), names(['new'])], [1, 0])
  })
})
