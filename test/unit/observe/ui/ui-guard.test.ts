import assert from 'node:assert/strict'
import {refuseClient, type ReadToken} from '../../../../src/observe/ui/ui-guard.js'

const TOKEN = 'abc:def'
const readToken: ReadToken = async () => TOKEN

async function statusOf(
  headers: Record<string, string>,
  {isLoopback = true, read}: {isLoopback?: boolean; read?: ReadToken} = {},
) {
  return (await refuseClient({headers: new Map(Object.entries(headers)), isLoopback}, read))?.status ?? 200
}

const basic = (text: string) => ({authorization: `Basic ${Buffer.from(text).toString('base64')}`})

describe('the guard of the status page', () => {
  it('lets in clients on this host without a token, by a loopback address or as localhost', async () => {
    for (const host of ['127.0.0.1:7331', 'localhost', 'LOCALHOST:80', '[::1]:7331', '192.0.2.7'])
      assert.equal(await statusOf({host}), 200, host)
    for (const host of ['evil.example.com:7331', '', 'localhost.example.com', '1.2.3.4.example.com'])
      assert.equal(await statusOf({host}), 403, host)
    assert.equal(await statusOf({host: '127.0.0.1'}, {isLoopback: false}), 403)
  })

  it('asks every client for the token if there is one', async () => {
    const ask = (headers: Record<string, string>) =>
      statusOf({host: 'lb.example.com', ...headers}, {isLoopback: false, read: readToken})
    assert.equal(await ask({authorization: `Bearer ${TOKEN}`}), 200)
    assert.equal(await ask({authorization: `bearer  ${TOKEN}`}), 200)
    assert.equal(await ask(basic(`anyone:${TOKEN}`)), 200)
    for (const headers of [
      {},
      {authorization: TOKEN},
      {authorization: 'Bearer '},
      {authorization: 'Bearer abc'},
      {authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}`},
      basic(TOKEN.slice(1)),
      basic('no-colon'),
    ])
      assert.equal(await ask(headers as Record<string, string>), 401, JSON.stringify(headers))
  })

  it('asks a browser for it', async () => {
    const refusal = await refuseClient({headers: new Map(), isLoopback: true}, readToken)
    assert.equal(refusal?.headers?.['WWW-Authenticate'], 'Basic realm="lbex", charset="UTF-8"')
  })

  it('lets in no client while the token cannot be read', async () => {
    const read = () => Promise.reject(new Error('gone'))
    assert.equal(await statusOf({authorization: `Bearer ${TOKEN}`}, {read}), 503)
    assert.equal(await statusOf({}, {read}), 401)
  })
})
