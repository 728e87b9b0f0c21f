import assert from 'node:assert/strict'
import {statusReader} from '../../../src/health/http-status.js'

/** The first result for these parts. */
function read(...parts: readonly string[]): ReturnType<ReturnType<typeof statusReader>> {
  const reader = statusReader()
  for (const part of parts) {
    const status = reader(Buffer.from(part, 'latin1'))
    if (status !== undefined) return status
  }
  return undefined
}

describe('statusReader', () => {
  it('reads the status of the first line', () => {
    assert.equal(read('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 200)
    assert.equal(read('HTTP/1.0 404 Not Found\n'), 404)
    assert.equal(read('HTTP/1.1 503\r\n'), 503)
    assert.equal(read('HTTP/1.1 204 \r\n'), 204)
  })

  it('waits for the whole line', () => {
    assert.equal(read('HTTP/1.1 2'), undefined)
    assert.equal(read('HTTP/1.1 2', '00 O', 'K\r', '\n'), 200)
    assert.equal(read(...'HTTP/1.1 302 Found\r\n'), 302)
  })

  it('skips interim responses, but not 101', () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
    assert.equal(read(`HTTP/1.1 100 Continue\r\n\r\n${early}HTTP/1.1 200 OK\r\n`), 200)
    assert.equal(read(early), undefined)
    assert.equal(read('HTTP/1.1 103 Early Hints\r\nLink', ': </a>\r\n\r\nHTTP/1.1 500 \r\n'), 500)
    assert.equal(read('HTTP/1.1 101 Switching Protocols\r\n'), 101)
  })

  it('does not accept anything else', () => {
    for (const line of [
      '',
      'SSH-2.0-OpenSSH_9.2',
      'HTTP/2 200',
      'HTTP/1.1 2000 OK',
      'HTTP/1.1  200',
      'http/1.1 200 OK',
    ])
      assert.equal(read(`${line}\r\n`), 'invalid', line)
  })

  it('reads a limited number of bytes and parts', () => {
    assert.equal(read('x'.repeat(20_000)), 'invalid')
    assert.equal(read(...Array.from({length: 999}, () => 'x')), undefined)
    assert.equal(read(...Array.from({length: 1000}, () => 'x')), 'invalid')
    assert.equal(
      read('HTTP/1.1 100 Continue\r\n', ...Array.from({length: 9}, () => 'a: b'.repeat(500))),
      'invalid',
    )
  })
})
