import assert from 'node:assert/strict'
import {
  parseBytes,
  parseCheckHost,
  parseCheckPath,
  parseExpectation,
} from '../../../../src/core/intent/health-values.js'

describe('values of health checks', () => {
  it('are paths without spaces, control characters and fragments', () => {
    for (const path of ['/', '/healthz', '/a?b=c&d=%20', "/it's"]) assert.equal(parseCheckPath(path), path)
    for (const path of ['', 'healthz', '/a b', '/a\r\nHost: b', '/a#b', '/é', `/${'a'.repeat(256)}`])
      assert.equal(parseCheckPath(path), undefined)
  })

  it('are hosts with an optional port', () => {
    for (const host of ['shop.example.com', '10.0.0.1:8080', '[fd00::1]:80', 'a_b'])
      assert.equal(parseCheckHost(host), host)
    for (const host of ['', 'a b', 'a\r\nX: y', 'a:port', 'fd00::1', 'a'.repeat(257)])
      assert.equal(parseCheckHost(host), undefined)
  })

  it('are statuses and classes of statuses, or else a text', () => {
    assert.deepEqual(parseExpectation('2xx, 404'), {
      type: 'status',
      statuses: [
        {from: 200, to: 299},
        {from: 404, to: 404},
      ],
    })
    assert.deepEqual(parseExpectation('+PONG'), {type: 'text', text: '+PONG'})
    assert.deepEqual(parseExpectation('6xx'), {type: 'text', text: '6xx'})
    assert.equal(parseExpectation(''), undefined)
  })

  it('are bytes with escapes', () => {
    assert.equal(parseBytes(String.raw`PING\r\n`), 'PING\r\n')
    assert.equal(parseBytes(String.raw`\x00\xfF\t\0\\n`), '\0\u00FF\t\0\\n')
    assert.equal(parseBytes('é'), '\u00C3\u00A9')
    for (const text of ['', String.raw`\q`, String.raw`\x1`, '\\', 'a'.repeat(257)])
      assert.equal(parseBytes(text), undefined)
  })
})
