import assert from 'node:assert/strict'
import {proxyCredentials} from '../../../src/kube/proxy-credentials.js'

describe('kube/proxy-credentials', () => {
  it('needs only the URL', async () => {
    const source = proxyCredentials('http://127.0.0.1:8001')
    assert.equal(source.through, '--proxy')
    assert.deepEqual(await source.load(false), {
      server: new URL('http://127.0.0.1:8001'),
      headers: {},
      tls: {},
    })
  })

  it('sends the password in the URL as basic authentication', async () => {
    const {headers} = await proxyCredentials('https://lb%20ex:pass@10.0.0.1').load(false)
    assert.deepEqual(headers, {authorization: `Basic ${Buffer.from('lb ex:pass').toString('base64')}`})
  })

  for (const url of ['127.0.0.1:8001', 'localhost:8001', 'ftp://10.0.0.1', '', '/tmp/socket']) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      assert.throws(() => proxyCredentials(url), {
        code: 'proxy-invalid',
        hint: 'include the scheme: --proxy http://127.0.0.1:8001',
      })
    })
  }

  it('does not repeat a password', () => {
    assert.throws(() => proxyCredentials('ftp://lbex:secret@10.0.0.1'), {
      message: '--proxy "ftp://10.0.0.1" is not a valid URL of a server',
    })
  })
})
