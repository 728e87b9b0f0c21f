import assert from 'node:assert/strict'
import {safeLines} from '../../../../src/doctor/bundle/error-log-lines.js'

const HEAD = '2026/01/02 03:04:05 [error] 12#12: '

describe('the error log in a bundle', () => {
  const safe = (text: string) => safeLines([HEAD + text]).lines[0]?.slice(HEAD.length)

  it('keeps what NGINX says about a server, without the client', () => {
    const where = 'upstream: "10.0.0.1:30080", bytes from/to client:3/0, bytes from/to upstream:0/3'
    assert.equal(
      safe(
        `*7 connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.7, server: 0.0.0.0:8080, ${where}`,
      ),
      `*7 connect() failed (111: Connection refused) while connecting to upstream, server: 0.0.0.0:8080, ${where}`,
    )
    assert.equal(
      safe('*8 no live upstreams, udp client: 2001:db8::7, server: [::]:53, upstream: "[fd00::1]:53"'),
      '*8 no live upstreams, server: [::]:53, upstream: "[fd00::1]:53"',
    )
    assert.equal(
      safe('*9 access forbidden by rule, client: 192.0.2.7, server: 0.0.0.0:80'),
      '*9 access forbidden by rule, server: 0.0.0.0:80',
    )
  })

  it('leaves out what a client sent, wherever it is', () => {
    const header = 'PROXY TCP4 192.0.2.7 198.51.100.1 1111 80'
    assert.equal(
      safe(
        `*7 broken header: "${header}" while reading PROXY protocol, client: 192.0.2.7, server: 0.0.0.0:80`,
      ),
      '*7 broken header: "..." while reading PROXY protocol, server: 0.0.0.0:80',
    )
    assert.equal(
      safe('*7 client 192.0.2.7:50842 connected to 0.0.0.0:80'),
      '*7 client [address] connected to [address]',
    )
    assert.equal(safe('*7 client [2001:db8::7]:50842 connected'), '*7 client [address] connected')
    assert.equal(safe('*7 bad name "secret.example, client: 192.0.2.7'), '*7 bad name "..."')
    assert.equal(
      safe('*7 bad, client: 192.0.2.7, server: secret.example, upstream: "unix:/run/secret"'),
      '*7 bad',
    )
    assert.equal(safe('client 192.0.2.7 is gone'), 'client [address] is gone')
  })

  it('leaves out what a client sent with quotes of its own', () => {
    const sent = 'GET /a"secret-token"b HTTP/1.1'
    assert.equal(
      safe(`*7 broken header: "${sent}" while reading PROXY protocol, client: 192.0.2.7, server: 0.0.0.0:80`),
      '*7 broken header: "..." while reading PROXY protocol, server: 0.0.0.0:80',
    )
    assert.equal(
      safe('*7 broken header: "a" secret "b, client: 192.0.2.7'),
      '*7 broken header: "..."b, client: [address]',
    )
  })

  it('leaves out addresses in all of their forms, and keeps the errors of OpenSSL', () => {
    for (const address of ['::1', '::ffff:192.0.2.7', '[::ffff:192.0.2.7]:80', 'fe80::1%eth0', '2001:DB8::A'])
      assert.match(safe(`*7 client ${address} is gone`) ?? '', /^\*7 client \[address\] is gone$/)
    const error =
      'SSL_do_handshake() failed (SSL: error:0A000412:SSL routines::ssl/tls alert bad certificate)'
    assert.equal(safe(`*7 ${error}, client: ::1, server: [::]:443`), `*7 ${error}, server: [::]:443`)
  })

  it('keeps lines without a session as they are', () => {
    const line = 'bind() to 0.0.0.0:80 failed (98: Address already in use)'
    assert.equal(safe(line), line)
  })

  it('leaves out lines in another form, and counts them', () => {
    assert.deepEqual(safeLines([`${HEAD}reloaded`, '', '192.0.2.7 says hello']), {
      lines: [`${HEAD}reloaded`],
      skipped: 2,
    })
  })
})
