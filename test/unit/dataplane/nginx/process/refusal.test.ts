import assert from 'node:assert/strict'
import {isRetried, parseRefusal} from '../../../../../src/dataplane/nginx/process/refusal.js'

describe('parseRefusal', () => {
  it('finds the file in any folder', () => {
    const output = [
      'nginx: [warn] something else in /n/generations/1/nginx.conf:1',
      'nginx: [emerg] unknown directive "foo" in /n/generations/0a/services/a-b-0123456789ab.conf:3',
      'nginx: configuration file /n/generations/0a/nginx.conf test failed',
      '',
    ].join('\n')
    assert.deepEqual(parseRefusal(output), {
      message: 'unknown directive "foo" in services/a-b-0123456789ab.conf:3',
      file: 'services/a-b-0123456789ab.conf',
      binds: [],
      environment: false,
    })
  })

  it('parses lines of the log as well', () => {
    const line =
      '2025/01/31 12:00:00 [emerg] 12#12: unexpected end of file, expecting "}" in /n/current/nginx.conf:9'
    assert.deepEqual(parseRefusal(line), {
      message: 'unexpected end of file, expecting "}" in nginx.conf:9',
      file: 'nginx.conf',
      binds: [],
      environment: false,
    })
  })

  it('has no file if NGINX names no position', () => {
    assert.deepEqual(parseRefusal('nginx: [emerg] could not build map_hash'), {
      message: 'could not build map_hash',
      binds: [],
      environment: false,
    })
  })

  it('finds the addresses that could not be bound, with a code', () => {
    const emergencies = [
      'bind() to 0.0.0.0:80 failed (98: Address already in use)',
      'bind() to [::1]:443 failed (99: Cannot assign requested address)',
      'bind() to 10.0.0.1:53 failed (13: Permission denied)',
      'listen() to 0.0.0.0:81, backlog 511 failed (98: Address already in use)',
      'bind() to 0.0.0.0:82 failed (42: Something odd)',
      'still could not bind()',
    ]
    const refusal = parseRefusal(emergencies.map((text) => `nginx: [emerg] ${text}`).join('\n'))
    assert.deepEqual(refusal.binds, [
      {address: '0.0.0.0', port: 80, error: {code: 'in-use'}},
      {address: '::1', port: 443, error: {code: 'no-address'}},
      {address: '10.0.0.1', port: 53, error: {code: 'forbidden'}},
      {address: '0.0.0.0', port: 81, error: {code: 'in-use'}},
      {address: '0.0.0.0', port: 82, error: {code: 'other', detail: 'Something odd'}},
    ])
    assert.equal(refusal.environment, false)
  })

  it('distinguishes problems of the host from problems of a file', () => {
    const host = [
      'nginx: [emerg] socket() 0.0.0.0:80 failed (24: Too many open files)',
      'nginx: [emerg] open() "/n/services/a.conf" failed (13: Permission denied) in /n/services.conf:2',
      'nginx: [emerg] bind() to unix:/n/run/version.sock failed (98: Address already in use)',
      'Killed',
      '',
    ]
    assert.deepEqual(
      host.map((output) => parseRefusal(output).environment),
      host.map(() => true),
    )
    assert.equal(parseRefusal('').message, 'it gave no reason')
  })
})

describe('isRetried', () => {
  it('is true for what NGINX prints before its last attempt to bind a port', () => {
    assert.equal(isRetried('bind() to 0.0.0.0:80 failed (98: Address already in use)'), true)
    assert.equal(isRetried('bind() to 0.0.0.0:80 failed (13: Permission denied)'), false)
    assert.equal(isRetried('still could not bind()'), false)
  })
})
