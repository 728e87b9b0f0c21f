import assert from 'node:assert/strict'
import {accessLogLine} from '../../../../src/observe/access-log/access-log-line.js'
import {aSession} from '../traffic/lines.js'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const name = {namespace: 'shop', name: 'web'}

describe('accessLogLine', () => {
  it('is one line of text', () => {
    assert.equal(
      accessLogLine(aSession(), name, NOW, 'text'),
      '2026-01-02T03:04:05.006Z TCP 192.0.2.7:50842 -> 127.0.0.1:8080 shop/web server=10.0.0.1:30080 received=3 sent=10 seconds=1.234 connectSeconds=0.002 ended=closed\n',
    )
  })

  it('is one line of JSON', () => {
    const line = accessLogLine(aSession(), name, NOW, 'json')
    assert.equal(line.indexOf('\n'), line.length - 1)
    assert.deepEqual(JSON.parse(line), {
      time: '2026-01-02T03:04:05.006Z',
      protocol: 'TCP',
      client: '192.0.2.7:50842',
      listener: '127.0.0.1:8080',
      namespace: 'shop',
      service: 'web',
      server: '10.0.0.1:30080',
      received: 3,
      sent: 10,
      seconds: 1.234,
      connectSeconds: 0.002,
      ended: 'closed',
    })
  })

  it('leaves out what is not known, and counts attempts', () => {
    const refused = aSession({client: '2001:db8::7', attempts: [], refusal: 'limit', received: 0, sent: 0})
    assert.equal(
      accessLogLine(refused, undefined, NOW, 'text'),
      '2026-01-02T03:04:05.006Z TCP [2001:db8::7]:50842 -> 127.0.0.1:8080 received=0 sent=0 seconds=1.234 ended=limit\n',
    )
    const attempts = [{server: '10.0.0.1:1'}, {server: '10.0.0.2:2'}]
    const unreachable = aSession({attempts, refusal: 'unreachable'})
    assert.match(
      accessLogLine(unreachable, {namespace: '', name: ''}, NOW, 'text'),
      /:8080 server=10\.0\.0\.2:2 received=3 sent=10 seconds=1\.234 attempts=2 ended=unreachable\n$/,
    )
  })
})
