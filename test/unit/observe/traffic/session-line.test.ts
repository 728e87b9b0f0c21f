import assert from 'node:assert/strict'
import {parseSessionLine} from '../../../../src/observe/traffic/session-line.js'
import {TEMPLATES} from '../../../support/builders.js'
import {aLine, aSession, KEY} from './lines.js'

const parse = (...fields: Parameters<typeof aLine>) => parseSessionLine(aLine(...fields), KEY)

describe('parseSessionLine', () => {
  it('reads a proxied connection', () => {
    assert.deepEqual(parse(), aSession())
  })

  it('reads IPv6, UDP, and a day with one digit', () => {
    const fields = {protocol: 'UDP', address: '::1', client: '2001:db8::7', servers: '[2001:db8::1]:53'}
    const expected = {
      protocol: 'UDP',
      address: '::1',
      client: '2001:db8::7',
      attempts: [{server: '[2001:db8::1]:53', connectTime: 2}],
    } as const
    assert.deepEqual(parse(fields), aSession(expected))
    assert.deepEqual(parseSessionLine(aLine().replace('Nov 30', 'Dec  1'), KEY), aSession())
  })

  it('reads each attempt', () => {
    const attempts = [{server: '10.0.0.1:1'}, {server: '10.0.0.2:2', connectTime: 5}]
    const servers = '10.0.0.1:1, 10.0.0.2:2'
    assert.deepEqual(parse({servers, connectTimes: '-, 0.005'}), aSession({attempts}))
  })

  it('takes the Service from the name of an upstream', () => {
    assert.equal(parse({owner: 'aaaaaaaaaaaa_8080_tcp_ipv4_bbbbbbbbbbbb'})?.owner, 'aaaaaaaaaaaa')
    for (const owner of ['', '-', 'none', 'aaaaaaaaaaaabb', 'lbex_refuse'])
      assert.deepEqual(parse({owner}), aSession({owner: undefined}), owner)
  })

  it('says why NGINX refused a connection', () => {
    const none = {servers: '-', connectTimes: '-'}
    const refusal = (...fields: Parameters<typeof aLine>) => parse(...fields)?.refusal
    assert.equal(refusal({status: '403', ...none}), 'source_range')
    assert.equal(refusal({status: '503', ...none}), 'limit')
    assert.equal(refusal({status: '500', ...none}), 'no_backend')
    assert.equal(
      refusal({status: '502', servers: 'aaaaaaaaaaaa_80_tcp_ipv4', connectTimes: '-'}),
      'no_backend',
    )
    assert.equal(refusal({status: '502', servers: '10.0.0.1:1', connectTimes: '-'}), 'unreachable')
    assert.equal(refusal({status: '400', ...none}), 'error')
    assert.equal(refusal({status: '500'}), 'error')
  })

  it('rejects lines that NGINX did not send', () => {
    const invalid = [
      '',
      'x',
      aLine({key: KEY.replace('0', 'f')}),
      aLine({key: 'none'}),
      `${aLine()}\n`,
      `${aLine()}|more`,
      aLine({protocol: 'HTTP'}),
      aLine({port: '123456'}),
      aLine({port: '-1'}),
      aLine({client: 'evil"}'}),
      aLine({client: 'example.com'}),
      aLine({received: '1e9'}),
      aLine({sent: '9'.repeat(16)}),
      aLine({duration: '1'}),
      aLine({servers: '10.0.0.1:80\n10.0.0.2:80'}),
      aLine().replace('lbex: ', 'lbez: '),
    ]
    for (const line of invalid) assert.equal(parseSessionLine(line, KEY), undefined, line)
  })

  it('reads the fields that both templates log', () => {
    const formats = [TEMPLATES.main, TEMPLATES.service].map(
      (text) => /log_format .* "\$lbex_log_key\|.*?\|(\$protocol.*)";/.exec(text)?.[1],
    )
    const fields = [
      ...['$protocol', '$server_addr', '$server_port', '$remote_addr', '$remote_port', '$status'],
      ...['$bytes_received', '$bytes_sent', '$session_time', '$upstream_connect_time', '$upstream_addr'],
    ]
    assert.deepEqual(formats, [fields.join('|'), fields.join('|')])
  })
})
