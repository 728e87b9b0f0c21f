import assert from 'node:assert/strict'
import {readListenerSettings} from '../../../../src/core/intent/listener-settings.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aService} from '../../../support/builders.js'
import {codes} from '../../../support/outline.js'

function read(annotations: Readonly<Record<string, string>>) {
  const diagnostics: Diagnostic[] = []
  const service = aService().annotated(annotations).build()
  return {
    settings: readListenerSettings(service, 'all', reporter(service, diagnostics)),
    codes: codes(diagnostics),
  }
}

describe('readListenerSettings', () => {
  it('has no resolver and is not transparent by default', () => {
    assert.deepEqual(read({}), {settings: {transparent: false}, codes: []})
  })

  it('reads passthrough and resolver', () => {
    assert.deepEqual(read({passthrough: 'true', resolver: 'FD00::0053'}), {
      settings: {transparent: true, resolver: 'fd00::53'},
      codes: [],
    })
  })

  it('has the ranges of the clients, also if there are none', () => {
    const service = aService().build()
    const settings = (clients: readonly string[]) =>
      readListenerSettings(service, clients, reporter(service, []))
    assert.deepEqual(settings(['10.0.0.0/8']), {transparent: false, sourceRanges: ['10.0.0.0/8']})
    assert.deepEqual(settings([]), {transparent: false, sourceRanges: []})
  })

  it('reads PROXY protocols', () => {
    const senders = ' fd00:0::/8, 10.1.2.3/8,10.0.0.0/8'
    assert.deepEqual(read({'proxy-protocol': 'v2', 'accept-proxy-protocol': senders}), {
      settings: {transparent: false, proxyProtocol: 'v2', trustedSenders: ['10.0.0.0/8', 'fd00::/8']},
      codes: [],
    })
    const off = {'proxy-protocol': 'off', 'accept-proxy-protocol': 'off'}
    assert.deepEqual(read(off), {settings: {transparent: false}, codes: []})
    for (const bad of [
      '',
      'on',
      '10.0.0.1',
      '10.0.0.0/8,',
      '10.0.0.0/33',
      Array(65).fill('10.0.0.0/8').join(),
    ])
      assert.deepEqual(read({'accept-proxy-protocol': bad}).codes, ['guard-invalid'], bad)
    for (const bad of ['', 'V1', 'v1 ', 'true', '1'])
      assert.deepEqual(read({'proxy-protocol': bad}).codes, ['guard-invalid'], bad)
  })

  it('reads time-outs in milliseconds, and tries', () => {
    assert.deepEqual(read({'connect-timeout': '1s500ms', 'idle-timeout': '168h', tries: '1'}), {
      settings: {transparent: false, connectTimeout: 1500, idleTimeout: 604_800_000, tries: 1},
      codes: [],
    })
    for (const bad of ['', '0', '0s', '1', '-1s', '1.5s', '1d', '11m', '1s 500ms', ' 1s'])
      assert.deepEqual(
        read({'connect-timeout': bad}),
        {settings: {transparent: false}, codes: ['setting-invalid']},
        bad,
      )
    for (const bad of ['0', '999ms', '169h', '9999999999h'])
      assert.deepEqual(read({'idle-timeout': bad}).codes, ['setting-invalid'], bad)
    for (const bad of ['0', '101', '01', '1e1', '+1', ''])
      assert.deepEqual(read({tries: bad}).codes, ['setting-invalid'], bad)
  })

  it('reads the datagrams of a session', () => {
    assert.deepEqual(read({'udp-requests': '1', 'udp-responses': '0'}), {
      settings: {transparent: false, udpRequests: 1, udpResponses: 0},
      codes: [],
    })
    assert.deepEqual(read({'udp-requests': '0', 'udp-responses': '-1'}).codes, [
      'setting-invalid',
      'setting-invalid',
    ])
  })

  it('reads limits', () => {
    const limits = {
      connections: '100',
      'connections-per-client': '10',
      'upload-rate': '512k',
      'download-rate': '1G',
    }
    assert.deepEqual(read(limits), {
      settings: {
        transparent: false,
        connections: 100,
        connectionsPerClient: 10,
        uploadRate: 524_288,
        downloadRate: 1_073_741_824,
      },
      codes: [],
    })
    const off = Object.fromEntries(Object.keys(limits).map((key) => [key, 'off']))
    assert.deepEqual(read(off), {settings: {transparent: false}, codes: []})
    for (const bad of ['', '0', '-1', '65536', '1e3', 'none', ' 1'])
      assert.deepEqual(
        read({connections: bad}),
        {settings: {transparent: false}, codes: ['guard-invalid']},
        bad,
      )
    for (const bad of ['', '0', '1', '1023', '11g', '10mb', '1.5m', '10 m', '10Mi'])
      assert.deepEqual(read({'upload-rate': bad}).codes, ['guard-invalid'], bad)
    assert.deepEqual(read({connections: '65535'}).codes, [])
    assert.deepEqual(read({connections: '10', 'connections-per-client': '10'}).codes, ['setting-unused'])
  })

  it('reports invalid values, and uses the defaults', () => {
    assert.deepEqual(read({passthrough: 'x', resolver: 'x'}), {
      settings: {transparent: false},
      codes: ['boolean-invalid', 'resolver-invalid'],
    })
  })
})
