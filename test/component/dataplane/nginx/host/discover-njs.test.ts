import assert from 'node:assert/strict'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {discoverNginx} from '../../../../../src/dataplane/nginx/host/discover-nginx.js'
import {discoverNjs} from '../../../../../src/dataplane/nginx/host/discover-njs.js'
import {nginxOf} from '../../../../support/nginx-binary.js'
import {skipBecause} from '../../../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

const LOADABLE = '--prefix=/etc/nginx --with-stream=dynamic'
const BUILT_IN = '--with-stream --add-module=/build/njs-0.9.4/nginx'

describe('discoverNjs', () => {
  let folder: TemporaryFolder
  let binary: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    binary = join(folder.path, 'nginx')
    await mkdir(join(folder.path, 'scratch'))
    await mkdir(join(folder.path, 'modules'))
  })
  afterEach(() => folder.remove())

  const streamModule = (): string => join(folder.path, 'modules/ngx_stream_module.so')
  const scratch = (): string => join(folder.path, 'scratch')

  async function putModule(): Promise<string> {
    const module = join(folder.path, 'modules/ngx_stream_js_module.so')
    await writeFile(module, '')
    return module
  }

  /** A program that keeps the configurations it has to test, and answers with `refusal`, which a shell evaluates. */
  function putNginx(refusal = ''): Promise<void> {
    const script = `#!/bin/sh\ncat "$3" >>${folder.path}/tested\n${refusal}\n`
    return writeFile(binary, script, {mode: 0o755})
  }

  const refuse = (message: string): string => `echo 'nginx: [emerg] ${message} in x.conf:8' >&2; exit 1`

  for (const [suite, engine] of [
    ['trixie', 'njs'],
    ['sid', 'qjs'],
  ] as const) {
    it(`finds that of Debian ${suite}`, async function () {
      const nginx = await nginxOf(suite)
      if ('reason' in nginx) return skipBecause(this, nginx.reason)
      const {capabilities, njs} = await discoverNginx({binary: nginx.binary, scratch: scratch()})
      const module = capabilities.streamModule?.replace('stream_module', 'stream_js_module')
      assert.deepEqual(njs, {state: 'usable', module, engine})
      assert.deepEqual(capabilities.njs, {module, engine})
      assert.equal(capabilities.liveUpdates, true)
      assert.deepEqual(await readdir(scratch()), [])
    })
  }

  it('reports that there is none, without a test', async () => {
    await putNginx()
    assert.deepEqual(await discoverNjs({binary, answer: LOADABLE, streamModule: streamModule()}), {
      state: 'missing',
    })
    await assert.rejects(readFile(join(folder.path, 'tested')), {code: 'ENOENT'})
  })

  it('loads it after the stream module', async () => {
    const module = await putModule()
    await putNginx()
    const options = {binary, answer: LOADABLE, streamModule: streamModule(), scratch: scratch()}
    assert.deepEqual(await discoverNjs(options), {state: 'usable', module, engine: 'qjs'})
    const tested = await readFile(join(folder.path, 'tested'), 'utf8')
    const loaded = [...tested.matchAll(/load_module "(.*)";/g)].map(([, path]) => path)
    assert.deepEqual(loaded, [streamModule(), module, streamModule(), module])
  })

  it('loads none if it is built in', async () => {
    await putNginx()
    assert.deepEqual(await discoverNjs({binary, answer: BUILT_IN}), {state: 'usable', engine: 'qjs'})
    assert.doesNotMatch(await readFile(join(folder.path, 'tested'), 'utf8'), /load_module/)
  })

  it('uses the engine of njs if there is no QuickJS', async () => {
    await putNginx(`if grep -q js_engine "$3"; then ${refuse('invalid value "qjs"')}; fi`)
    assert.deepEqual(await discoverNjs({binary, answer: BUILT_IN}), {state: 'usable', engine: 'njs'})
  })

  it('distinguishes one without shared dictionaries from one that does not load', async () => {
    const module = await putModule()
    const options = {binary, answer: LOADABLE, streamModule: streamModule()}
    await putNginx(refuse('unknown directive "js_shared_dict_zone"'))
    assert.deepEqual(await discoverNjs(options), {state: 'too-old', module})
    await putNginx(refuse('module "m.so" is not binary compatible'))
    const why = 'module "m.so" is not binary compatible in x.conf:8'
    assert.deepEqual(await discoverNjs(options), {state: 'refused', module, why})
  })

  it('reports that it cannot be tested', async () => {
    const module = await putModule()
    await putNginx()
    const options = {binary, answer: LOADABLE, streamModule: streamModule()}
    const njs = await discoverNjs({...options, scratch: join(folder.path, 'absent')})
    assert.ok(njs.state === 'untested')
    assert.deepEqual([njs.module, /ENOENT/.test(njs.why)], [module, true])
  })
})
