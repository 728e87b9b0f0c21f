import assert from 'node:assert/strict'
import {dropsOf, SocketIndex} from '../../../../src/observe/traffic/socket-index.js'

const rest = '00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000 7'

describe('SocketIndex', () => {
  const index = new SocketIndex()
  index.addListener({address: '0.0.0.0', port: 8080}, 'any')
  index.addListener({address: '127.0.0.1', port: 8080}, 'loopback')
  index.addListener({address: '::', port: 8080}, 'any6')
  index.addListener({address: '::1', port: 8081}, 'loopback6')
  index.addServer({address: '10.0.0.1', port: 53}, 'dns')
  index.addServer({address: '10.0.0.1', port: 53}, 'dns')
  index.addServer({address: '10.0.0.2', port: 53}, 'dns')
  index.addServer({address: '10.0.0.2', port: 53}, 'other')
  index.addServer({address: '10.0.0.2', port: 53}, 'dns')
  const SIX = '00000000000000000000000001000000'

  it('knows a TCP connection by the local address', () => {
    const at = (local: string, state = '01') =>
      index.seriesOf(`   0: ${local}:1F90 070200C0:C69A ${state} ${rest}`, 'tcp')
    assert.equal(at('0100007F'), 'loopback')
    assert.equal(at('0100000A'), 'any')
    assert.equal(at('0100000A', '08'), 'any')
    for (const state of ['0A', '06', '02']) assert.equal(at('0100000A', state), undefined)
    assert.equal(index.seriesOf(`   1: 0100007F:1F91 070200C0:C69A 01 ${rest}`, 'tcp'), undefined)
  })

  it('keeps the families apart', () => {
    assert.equal(index.seriesOf(`   0: ${SIX}:1F90 ${SIX}:C69A 01 ${rest}`, 'tcp6'), 'any6')
    assert.equal(index.seriesOf(`   0: ${SIX}:1F91 ${SIX}:C69A 01 ${rest}`, 'tcp6'), 'loopback6')
  })

  it('knows a UDP session by its server, if only one series has the server', () => {
    const to = (server: string) => index.seriesOf(`  9: 0100007F:C69A ${server}:0035 01 ${rest}`, 'udp')
    assert.equal(to('0100000A'), 'dns')
    assert.equal(to('0200000A'), undefined)
  })

  it('skips other lines', () => {
    for (const line of ['', '  sl  local_address rem_address   st', '   0: 0100007F:1F90'])
      assert.equal(index.seriesOf(line, 'tcp'), undefined)
  })
})

describe('dropsOf', () => {
  it('is the last number of the line of the socket', () => {
    const line = `  1: 0100007F:1CA5 00000000:0000 07 ${rest}    `
    assert.equal(dropsOf(line, {address: '127.0.0.1', port: 7333}), 7)
    assert.equal(dropsOf(line, {address: '127.0.0.1', port: 7334}), undefined)
    assert.equal(dropsOf('', {address: '127.0.0.1', port: 7333}), undefined)
  })
})
