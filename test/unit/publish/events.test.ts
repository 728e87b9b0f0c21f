import assert from 'node:assert/strict'
import {diagnose} from '../../../src/diagnostics/diagnostic.js'
import {
  cutNote,
  draftOf,
  eventKey,
  eventName,
  makeEvent,
  microTime,
  seriesPatch,
} from '../../../src/publish/events.js'

const service = {kind: 'Service', namespace: 'shop', name: 'web'}
const draft = {
  service,
  uid: 'u-1',
  type: 'Warning',
  reason: 'NoBackend',
  action: 'Serve',
  note: 'no endpoint',
} as const
const AT = Date.parse('2030-01-31T12:00:00.123Z')

describe('publish/events', () => {
  it('have the form of events.k8s.io/v1', () => {
    assert.deepEqual(makeEvent(draft, 'web.1', AT, 'host-1'), {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {name: 'web.1', namespace: 'shop'},
      eventTime: '2030-01-31T12:00:00.123000Z',
      reportingController: 'loadbalancer.lbex/lbex',
      reportingInstance: 'host-1',
      type: 'Warning',
      reason: 'NoBackend',
      action: 'Serve',
      note: 'no endpoint',
      regarding: {apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', uid: 'u-1'},
    })
    assert.deepEqual(seriesPatch({count: 3, lastObserved: AT}), {
      series: {count: 3, lastObservedTime: microTime(AT)},
    })
  })

  it('have unique names that the API server accepts', () => {
    const names = [0, 1, 2].map((serial) => eventName(service, AT, serial))
    assert.equal(new Set(names).size, 3)
    for (const name of names) assert.match(name, /^web\.[0-9a-f]{16}$/)
  })

  it('have equal keys if only the time differs', () => {
    assert.equal(eventKey(draft), eventKey({...draft, action: 'Other'}))
    for (const other of [{note: 'x'}, {reason: 'X'}, {uid: 'u-2'}, {service: {...service, name: 'api'}}])
      assert.notEqual(eventKey(draft), eventKey({...draft, ...other}))
  })

  it('have the message and the hint of a diagnostic', () => {
    const place = {subject: {ref: service}, args: {}}
    const found = draftOf(
      diagnose('port-missing', {...place, args: {example: 'x: "1"'}}),
      {service, uid: 'u'},
      'host-1',
    )
    assert.deepEqual(found, {
      ...{service, uid: 'u', type: 'Warning', action: 'Serve', reason: 'PortMissing'},
      note: 'no port of this Service has a listen port; nothing is exposed; add the annotation x: "1", or run lbex with --require-port=false',
    })
    assert.equal(draftOf(diagnose('passthrough-needs', place), {service, uid: 'u'}, 'host-1'), undefined)
  })

  it('are truncated to 1024 bytes, not inside a character', () => {
    assert.equal(cutNote('a'.repeat(1024)), 'a'.repeat(1024))
    for (const [text, bytes] of [
      ['a', 1024],
      ['ü', 1023],
      ['🙂', 1023],
    ] as const) {
      const cut = cutNote(text.repeat(1025))
      assert.match(cut, new RegExp(`^(${text})+\\.\\.\\.$`, 'u'))
      assert.equal(Buffer.byteLength(cut), bytes)
    }
  })
})
