import assert from 'node:assert/strict'
import {readFile, rm, writeFile} from 'node:fs/promises'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import type {Failure} from '../../../src/diagnostics/failure.js'
import {kubeconfigCredentials, mergedCredentials} from '../../../src/kube/kubeconfig-credentials.js'
import {loadLibrary} from '../../support/api-double/use-double.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

type Entries = Readonly<Record<string, unknown>>

describe('kube/kubeconfig-credentials', () => {
  let folder: TemporaryFolder
  let path: string

  before(loadLibrary)
  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'config')
  })
  afterEach(() => folder.remove())

  async function write(user: Entries, cluster: Entries = {}): Promise<void> {
    const config = {
      'current-context': 'test',
      clusters: [{name: 'c', cluster: {server: 'https://10.0.0.1', ...cluster}}],
      users: [{name: 'u', user}],
      contexts: [{name: 'test', context: {cluster: 'c', user: 'u'}}],
    }
    await writeFile(path, JSON.stringify(config))
  }

  function load(fresh = false) {
    return kubeconfigCredentials(path, undefined).load(fresh)
  }

  async function failure(): Promise<Failure> {
    return load().then(
      () => assert.fail('it did not fail'),
      (error: Error) => error as never,
    )
  }

  it('reads a token and certificate-authority-data', async () => {
    await write(
      {token: 'secret'},
      {'certificate-authority-data': Buffer.from('authority').toString('base64')},
    )
    assert.deepEqual(await load(), {
      server: new URL('https://10.0.0.1'),
      headers: {Authorization: 'Bearer secret'},
      tls: {ca: Buffer.from('authority')},
    })
  })

  it('resolves paths against the folder of the kubeconfig, and reloads the files', async () => {
    await write(
      {'client-certificate': 'crt', 'client-key': 'key', tokenFile: 'token'},
      {'certificate-authority': 'ca', 'tls-server-name': 'api', 'insecure-skip-tls-verify': true},
    )
    for (const name of ['crt', 'key', 'ca']) await writeFile(join(folder.path, name), name)
    await writeFile(join(folder.path, 'token'), 'first\n')
    const source = kubeconfigCredentials(path, undefined)
    assert.deepEqual(await source.load(false), {
      server: new URL('https://10.0.0.1'),
      headers: {Authorization: 'Bearer first'},
      tls: {
        ca: Buffer.from('ca'),
        cert: Buffer.from('crt'),
        key: Buffer.from('key'),
        servername: 'api',
        rejectUnauthorized: false,
      },
    })
    await writeFile(join(folder.path, 'token'), 'second\n')
    await writeFile(join(folder.path, 'crt'), 'renewed')
    const again = await source.load(false)
    assert.deepEqual(again.headers, {Authorization: 'Bearer second'})
    assert.deepEqual(again.tls.cert, Buffer.from('renewed'))
  })

  it('reads a kubeconfig that was replaced', async () => {
    await write({token: 'first'})
    const source = kubeconfigCredentials(path, undefined)
    await source.load(false)
    await write({username: 'lbex', password: 'pass'})
    assert.deepEqual((await source.load(false)).headers, {
      Authorization: `Basic ${Buffer.from('lbex:pass').toString('base64')}`,
    })
  })

  it('describes the file and the context', async () => {
    await write({token: 'secret'})
    const source = kubeconfigCredentials(path, undefined)
    assert.equal(source.through, `--kubeconfig ${path}`)
    await source.load(false)
    assert.equal(source.through, `--kubeconfig ${path}, context test`)
    assert.equal(kubeconfigCredentials(path, 'other').through, `--kubeconfig ${path}, context other`)
  })

  it('returns a proxy', async () => {
    await write({token: 'secret'}, {'proxy-url': 'http://127.0.0.1:3128'})
    assert.equal((await load()).proxy?.href, 'http://127.0.0.1:3128/')
  })

  describe('a plugin', () => {
    /** Prints a token with the number of its run; valid for an hour. */
    const PLUGIN = `
      const {appendFileSync, readFileSync} = require('node:fs')
      appendFileSync('RUNS', 'x')
      const token = 'token-' + readFileSync('RUNS', 'utf8').length
      const status = {token, expirationTimestamp: new Date(Date.now() + 3600000).toISOString()}
      console.log(JSON.stringify({kind: 'ExecCredential', status}))`

    async function plugin(script: string): Promise<void> {
      const runs = join(folder.path, 'runs')
      const args = ['-e', script.replaceAll('RUNS', runs)]
      await write({exec: {apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args}})
    }

    it('runs once while its token is valid, and again with fresh', async () => {
      await plugin(PLUGIN)
      const source = kubeconfigCredentials(path, undefined)
      assert.deepEqual((await source.load(false)).headers, {Authorization: 'Bearer token-1'})
      assert.deepEqual((await source.load(false)).headers, {Authorization: 'Bearer token-1'})
      assert.deepEqual((await source.load(true)).headers, {Authorization: 'Bearer token-2'})
      assert.equal(await readFile(join(folder.path, 'runs'), 'utf8'), 'xx')
    })

    it('that fails has its stderr in the message', async () => {
      await plugin('console.error("please log in\\nsecond line"); process.exit(1)')
      const {code, message, hint, temporary} = await failure()
      assert.deepEqual(
        [code, message],
        ['credentials-failed', `no credentials from --kubeconfig ${path}, context test: please log in`],
      )
      // A server that the plugin needs may be down.
      assert.equal(temporary, true)
      assert.match(hint ?? '', /users\[\]\.user\.exec/)
    })

    it('with invalid output is not quoted, because that may be a token', async () => {
      const answers = ['"secret"', 'JSON.stringify({token: "secret"})', 'null', '\'{"status":{}}\'']
      for (const script of answers.map((answer) => `console.log(${answer})`)) {
        await plugin(script)
        const {message, cause, temporary} = await failure()
        assert.equal(
          message,
          `no credentials from --kubeconfig ${path}, context test: the output of the plugin is not a valid ExecCredential`,
        )
        assert.deepEqual([cause, temporary], [undefined, false])
      }
    })

    it('that does not exist is named', async () => {
      await write({exec: {command: 'lbex-no-such-plugin'}})
      const {message, temporary} = await failure()
      assert.match(message, /spawn lbex-no-such-plugin ENOENT$/)
      assert.equal(temporary, false)
    })

    it('without a command is not valid', async () => {
      await write({exec: {apiVersion: 'client.authentication.k8s.io/v1'}})
      const {code, message} = await failure()
      assert.equal(code, 'kubeconfig-invalid')
      assert.equal(message, `in the kubeconfig ${path}, users[].user.exec has no command`)
    })
  })

  describe('reports', () => {
    it('a missing kubeconfig', async () => {
      const {code, message} = await failure()
      assert.equal(code, 'kubeconfig-unreadable')
      assert.match(message, /^cannot read .*config: ENOENT/)
    })

    for (const [what, text] of [
      ['text', 'banana'],
      ['a list', '- a'],
      ['nothing', ''],
      ['null', 'null'],
    ] as const) {
      it(what, async () => {
        await writeFile(path, text)
        const {code, message} = await failure()
        assert.equal(code, 'kubeconfig-invalid')
        assert.match(message, /is not a valid kubeconfig: /)
      })
    }

    it('invalid YAML, without quoting a possible secret', async () => {
      await writeFile(path, 'users:\n- token: secret\n  bad: [')
      const {message, hint, cause} = await failure()
      assert.match(message, /is not a valid kubeconfig: unexpected end of the stream/)
      assert.equal(hint, `compare it with the output of kubectl config view --kubeconfig ${path}`)
      assert.doesNotMatch(message, /secret/)
      assert.equal(cause, undefined)
    })

    it('content that client-node rejects, without quoting a possible secret', async () => {
      await write({'token-file': join(folder.path, 'secret')})
      const {code, message, cause} = await failure()
      assert.deepEqual(
        [code, message, cause],
        ['kubeconfig-invalid', `${path} is not a valid kubeconfig: its content cannot be used`, undefined],
      )
    })

    it('content that a provider rejects, without quoting a possible secret', async () => {
      const config = {'id-token': 5, 'client-secret': 'secret'}
      await write({'auth-provider': {name: 'oidc', config}})
      const {code, message, cause} = await failure()
      assert.deepEqual(
        [code, message, cause],
        [
          'credentials-failed',
          `no credentials from --kubeconfig ${path}, context test: the user or the cluster in the kubeconfig is not valid`,
          undefined,
        ],
      )
    })

    for (const [name, key] of [
      ['gcp', 'cmd-path'],
      ['azure', 'access-token'],
      ['exec', 'exec'],
      ['oidc', 'cmd-path'],
      ['openstack', 'x'],
    ] as const) {
      it(`the provider ${name} with ${key}, without running a command`, async () => {
        const witness = join(folder.path, 'witness')
        const config = {[key]: 'sh', 'access-token': 'secret', 'cmd-args': `-c 'touch ${witness}'`}
        await write({'auth-provider': {name, config}})
        const {code, message} = await failure()
        assert.deepEqual(
          [code, message],
          [
            'kubeconfig-invalid',
            `in the kubeconfig ${path}, users[u].user.auth-provider is "${name}", which lbex does not support`,
          ],
        )
        assert.equal(existsSync(witness), false)
      })
    }

    it('an invalid proxy, without quoting a possible password', async () => {
      await write({}, {'proxy-url': 'socks4://name:secret@10.0.0.1'})
      const {code, message, hint} = await failure()
      assert.equal(code, 'kubeconfig-invalid')
      assert.equal(message, `the cluster c in the kubeconfig ${path} has a proxy-url that is not valid`)
      assert.match(hint ?? '', /socks5:\/\/HOST:PORT$/)
    })

    it('a missing certificate', async () => {
      await write({'client-certificate': 'crt', 'client-key': 'key'})
      const {code, message} = await failure()
      assert.equal(code, 'credentials-failed')
      assert.match(message, /ENOENT: no such file or directory, open '.*crt'/)
    })

    it('a missing token file', async () => {
      await write({tokenFile: 'token'})
      await rm(join(folder.path, 'token'), {force: true})
      const {code, message} = await failure()
      assert.equal(code, 'credentials-failed')
      assert.match(message, /^cannot read .*token: ENOENT/)
    })
  })

  describe('of several files', () => {
    const of = (...names: string[]) => {
      const paths = names.map((name) => join(folder.path, name))
      return mergedCredentials({paths, label: paths.join(':'), through: 'KUBECONFIG=...'}, undefined)
    }

    it('merges those that exist', async () => {
      await write({tokenFile: 'token'})
      await writeFile(join(folder.path, 'token'), 'secret')
      await writeFile(join(folder.path, 'other'), '{"current-context": "none"}')
      const {server, headers} = await of('missing', 'config', 'other').load(false)
      assert.equal(server.href, 'https://10.0.0.1/')
      assert.deepEqual(headers, {Authorization: 'Bearer secret'})
    })

    it('fails if none exists', async () => {
      await assert.rejects(of('a', 'b').load(false), {
        code: 'kubeconfig-unreadable',
        message: /: none of the files exists$/,
      })
    })
  })
})
