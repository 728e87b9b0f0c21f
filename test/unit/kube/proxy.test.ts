import assert from 'node:assert/strict'
import {addressOf, describeProxy, parseProxy, proxyFromEnvironment} from '../../../src/kube/proxy.js'

describe('kube/proxy', () => {
  it('accepts the schemes of kubectl', () => {
    const texts = [
      'http://p:1',
      'https://p',
      'socks5://p',
      'socks5h://p:9',
      'socks4://p',
      'ftp://p',
      'p:3128',
      '',
    ]
    assert.deepEqual(
      texts.map((text) => parseProxy(text)?.href),
      [
        'http://p:1/',
        'https://p/',
        'socks5://p',
        'socks5h://p:9',
        undefined,
        undefined,
        undefined,
        undefined,
      ],
    )
  })

  it('knows the port of each scheme', () => {
    assert.deepEqual(
      ['http://p', 'https://p', 'socks5://p', 'http://[::1]:9'].map((text) => addressOf(new URL(text))),
      [
        {host: 'p', port: 80},
        {host: 'p', port: 443},
        {host: 'p', port: 1080},
        {host: '::1', port: 9},
      ],
    )
  })

  it('is described without its password', () => {
    assert.equal(describeProxy(new URL('http://name:secret@p:3128/x')), 'http://p:3128')
  })

  describe('from the environment', () => {
    const through = (environment: NodeJS.ProcessEnv, server = 'https://api.example.com:6443') =>
      proxyFromEnvironment(new URL(server), environment)?.href

    it('differs for HTTPS and HTTP', () => {
      const environment = {HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://p:1'}
      assert.equal(through(environment), 'http://s:1/')
      assert.equal(through(environment, 'http://api.example.com'), 'http://p:1/')
    })

    it('may be in lower case, without a scheme, empty or not valid', () => {
      assert.equal(through({https_proxy: 'http://p:1'}), 'http://p:1/')
      assert.equal(through({HTTPS_PROXY: 'p:3128'}), 'http://p:3128/')
      assert.equal(through({HTTPS_PROXY: '', https_proxy: ''}), undefined)
      assert.equal(through({HTTPS_PROXY: '::'}), undefined)
    })

    it('is never used for this host itself', () => {
      for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'LOCALHOST.'])
        assert.equal(through({HTTPS_PROXY: 'http://p:1'}, `https://${host}:6443`), undefined, host)
    })

    /** As in golang.org/x/net/http/httpproxy. */
    const NO_PROXY: readonly [noProxy: string, server: string, direct: boolean][] = [
      ['*', 'https://api.example.com', true],
      ['example.com', 'https://api.example.com', true],
      ['example.com', 'https://example.com', true],
      ['example.com', 'https://badexample.com', false],
      ['.example.com', 'https://api.example.com', true],
      ['.example.com', 'https://example.com', false],
      ['*.example.com', 'https://api.example.com', true],
      ['EXAMPLE.com', 'https://API.example.com', true],
      ['other, example.com', 'https://api.example.com', true],
      ['example.com:6443', 'https://api.example.com:6443', true],
      ['example.com:6443', 'https://api.example.com', false],
      ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
      ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
      ['10.0.0.0/8', 'https://api.example.com', false],
      ['10.1.2.3', 'https://10.1.2.3', true],
      ['10.1.2.3:443', 'https://10.1.2.3', true],
      ['10.1.2.3:80', 'https://10.1.2.3', false],
      ['fd00::/8', 'https://[fd00::5]:6443', true],
      ['fd00::5', 'https://[fd00::5]', true],
      ['[fd00::5]:443', 'https://[fd00::5]', true],
      ['10.0.0.0/99', 'https://10.1.2.3', false],
      ['nothing/8', 'https://10.1.2.3', false],
      [' , ', 'https://10.1.2.3', false],
    ]
    for (const [noProxy, server, direct] of NO_PROXY) {
      it(`NO_PROXY=${noProxy} ${direct ? 'excludes' : 'keeps'} ${server}`, () => {
        const found = through({HTTPS_PROXY: 'http://p:1', NO_PROXY: noProxy}, server)
        assert.equal(found, direct ? undefined : 'http://p:1/')
      })
    }
  })
})
