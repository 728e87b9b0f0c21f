import assert from 'node:assert/strict'
import {mkdir, symlink, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {discoverNginx} from '../../../../../src/dataplane/nginx/host/discover-nginx.js'
import {atLeast} from '../../../../../src/dataplane/nginx-capabilities.js'
import {NGINX_SUITES, nginxOf} from '../../../../support/nginx-binary.js'
import {skipBecause} from '../../../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

const MODULES = '--with-stream_realip_module --with-stream_ssl_preread_module'
const BUILT_IN = `--prefix=/etc/nginx --with-stream --with-stream_ssl_module ${MODULES}`
const DYNAMIC = `--prefix=/usr/share/nginx --modules-path=/usr/lib/nginx/modules --with-stream=dynamic ${MODULES}`

describe('discoverNginx', () => {
  let folder: TemporaryFolder

  beforeEach(async () => {
    folder = await temporaryFolder()
  })

  afterEach(() => folder.remove())

  const at = (path: string): string => join(folder.path, path)

  async function put(path: string, text = '', mode = 0o644): Promise<string> {
    await mkdir(dirname(at(path)), {recursive: true})
    await writeFile(at(path), text, {mode})
    return at(path)
  }

  /** A program whose output is that of nginx -V. */
  function nginxAt(
    path: string,
    {version = 'nginx/1.22.1', configured = BUILT_IN, exit = 0} = {},
  ): Promise<string> {
    const lines = [
      `nginx version: ${version}`,
      'TLS SNI support enabled',
      `configure arguments: ${configured}`,
    ]
    return put(
      path,
      `#!/bin/sh\n${lines.map((line) => `echo '${line}' >&2`).join('\n')}\nexit ${exit}\n`,
      0o755,
    )
  }

  it('finds the first in the search path', async () => {
    const binary = await nginxAt('b/nginx')
    await nginxAt('c/nginx', {version: 'nginx/1.26.3'})
    await put('a/nginx', 'not executable')
    const searchPath = [at('a'), 'relative', at('b'), at('c')].join(':')
    assert.deepEqual(await discoverNginx({searchPath}), {
      binary,
      njs: {state: 'missing'},
      capabilities: {version: [1, 22, 1], plus: false, liveUpdates: false},
    })
  })

  it('uses the given path or name', async () => {
    const binary = await nginxAt('x/nginx-debug', {version: 'nginx/1.31.0'})
    const expected = {
      binary,
      njs: {state: 'missing'},
      capabilities: {version: [1, 31, 0], plus: false, liveUpdates: false},
    }
    assert.deepEqual(await discoverNginx({binary}), expected)
    assert.deepEqual(await discoverNginx({binary: 'nginx-debug', searchPath: at('x')}), expected)
  })

  it('recognizes NGINX Plus and builds with other names', async () => {
    const plus = await nginxAt('plus', {version: 'nginx/1.27.4 (nginx-plus-r34)'})
    const resty = await nginxAt('resty', {version: 'openresty/1.21.4.1'})
    const found = await Promise.all([plus, resty].map((binary) => discoverNginx({binary})))
    assert.deepEqual(
      found.map(({capabilities}) => capabilities),
      [
        {version: [1, 27, 4], plus: true, liveUpdates: false},
        {version: [1, 21, 4], plus: false, liveUpdates: false},
      ],
    )
  })

  it('recognizes a build without modules that other packages have', async () => {
    const binary = await nginxAt('nginx', {configured: '--with-stream'})
    const {capabilities} = await discoverNginx({binary})
    const without = {withoutRealip: true, withoutSslPreread: true}
    assert.deepEqual(capabilities, {version: [1, 22, 1], plus: false, ...without, liveUpdates: false})
  })

  describe('with stream as a module', () => {
    it('finds it in the folder that nginx names', async () => {
      const modules = dirname(await put('modules/ngx_stream_module.so'))
      const binary = await nginxAt('nginx', {configured: `--modules-path=${modules} --with-stream=dynamic`})
      const {capabilities} = await discoverNginx({binary})
      assert.equal(capabilities.streamModule, join(modules, 'ngx_stream_module.so'))
    })

    it('finds it under the prefix if nginx names no folder', async () => {
      const module = await put('prefix/modules/ngx_stream_module.so')
      const binary = await nginxAt('nginx', {configured: `--prefix=${at('prefix')} --with-stream=dynamic`})
      assert.equal((await discoverNginx({binary})).capabilities.streamModule, module)
    })

    it('finds it beside a copy that was unpacked somewhere, also behind a link', async () => {
      const binary = await nginxAt('root/usr/sbin/nginx', {configured: DYNAMIC})
      const module = await put('root/usr/lib/nginx/modules/ngx_stream_module.so')
      await symlink(binary, at('link'))
      for (const path of [binary, at('link')]) {
        assert.equal((await discoverNginx({binary: path})).capabilities.streamModule, module)
      }
    })

    for (const suite of NGINX_SUITES) {
      it(`finds it beside the NGINX of Debian ${suite}, which is newer than that of Debian 12`, async function () {
        const nginx = await nginxOf(suite)
        if ('reason' in nginx) return skipBecause(this, nginx.reason)
        const {streamModule = '', version} = nginx.capabilities
        const root = nginx.binary.slice(0, -'/usr/sbin/nginx'.length)
        assert.equal(streamModule, join(root, 'usr/lib/nginx/modules/ngx_stream_module.so'))
        assert.ok(atLeast(version, [1, 26, 0]))
      })
    }

    it('uses the given path', async () => {
      const modulePath = await put('elsewhere.so')
      const binary = await nginxAt('nginx', {configured: DYNAMIC})
      assert.equal((await discoverNginx({binary, modulePath})).capabilities.streamModule, modulePath)
    })

    it('needs none if stream is built in', async () => {
      const binary = await nginxAt('nginx')
      assert.equal(
        (await discoverNginx({binary, modulePath: at('missing')})).capabilities.streamModule,
        undefined,
      )
    })
  })

  describe('rejects with a hint', () => {
    const INSTALL = /apt-get install nginx libnginx-mod-stream.*apk add nginx nginx-mod-stream.*dnf install/

    it('when there is no NGINX', async () => {
      await assert.rejects(discoverNginx({binary: 'no-such-nginx', searchPath: ''}), {
        name: 'Failure',
        code: 'nginx-not-found',
        message: /^NGINX was not found: there is no no-such-nginx in PATH, \/usr\/sbin/,
        hint: INSTALL,
      })
      await assert.rejects(discoverNginx({binary: at('missing')}), {
        message: /missing is not an executable file$/,
      })
    })

    it('when it has no stream module', async () => {
      const without = await nginxAt('without', {
        configured: '--with-http_ssl_module --with-stream_ssl_module',
      })
      await assert.rejects(discoverNginx({binary: without}), {
        code: 'nginx-no-stream',
        message: /the stream module is missing \(it was built without it\)$/,
        hint: INSTALL,
      })
      const binary = await nginxAt('dynamic', {configured: DYNAMIC})
      await assert.rejects(discoverNginx({binary, modulePath: at('missing.so')}), {
        code: 'nginx-no-stream',
        message: /\(\/.*missing\.so does not exist\)$/,
      })
    })

    it('when it is too old', async () => {
      const binary = await nginxAt('nginx', {version: 'nginx/1.17.10'})
      await assert.rejects(discoverNginx({binary}), {
        code: 'nginx-too-old',
        message: `${binary} is NGINX 1.17.10, but lbex needs 1.18.0 or newer`,
      })
    })

    it('when it is not NGINX, or does not run', async () => {
      const other = await put('other', '#!/bin/sh\necho hello\n', 0o755)
      await assert.rejects(discoverNginx({binary: other}), {
        code: 'nginx-unusable',
        message: `the output of ${other} -V has no version`,
      })
      const broken = await put('broken', '#!/bin/sh\necho no library >&2\nexit 127\n', 0o755)
      await assert.rejects(discoverNginx({binary: broken}), {
        code: 'nginx-unusable',
        message: `${broken} -V failed: no library`,
      })
      const silent = await nginxAt('silent', {exit: 1})
      await assert.rejects(discoverNginx({binary: silent}), {code: 'nginx-unusable'})
    })
  })
})
