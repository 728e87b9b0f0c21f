import assert from 'node:assert/strict'
import {diagnosePortHeld} from '../../../../src/core/model/port-held.js'

const subject = {ref: {kind: 'Service', namespace: 'default', name: 'web'}}

describe('diagnosePortHeld', () => {
  const key = {address: '::', port: 53, protocol: 'UDP'} as const

  it('names the listener, the reason and the command that shows which process uses the port', () => {
    const field = ['spec', 'ports', 0]
    assert.deepEqual(diagnosePortHeld({key, error: {code: 'in-use'}}, {subject, field}), {
      code: 'port-held',
      severity: 'error',
      message: 'NGINX cannot listen on [::]:53/UDP: the port is in use; this port is not exposed',
      object: subject.ref,
      field,
      hint: "ss -Hnlpu 'sport = :53' shows which process uses the port; lbex retries automatically",
    })
  })

  it('says that the last good configuration stays active, and quotes an error that has no code', () => {
    const {message, hint} = diagnosePortHeld(
      {key: {...key, protocol: 'TCP'}, error: {code: 'other', detail: 'Something odd'}, kept: true},
      {subject},
    )
    assert.equal(
      message,
      'NGINX cannot listen on [::]:53/TCP: Something odd; the last good configuration of this Service stays active',
    )
    assert.match(hint ?? '', /^check this address and port/)
  })
})
