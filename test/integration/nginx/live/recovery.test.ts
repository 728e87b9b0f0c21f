/** What lbex does if NGINX rejects a Service, ends, or never answers, after servers were changed without a reload. */
import assert from 'node:assert/strict'
import {mkdir, rm, rmdir} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {contentHash} from '../../../../src/core/model/content-hash.js'
import type {Applied, DataPlane, Observe} from '../../../../src/dataplane/data-plane.js'
import {send, type ProcessRef} from '../../../../src/dataplane/nginx/process/processes.js'
import type {NginxOptions} from '../../../../src/dataplane/nginx/runtime/nginx-options.js'
import type {NginxFile} from '../../../../src/dataplane/nginx-file.js'
import {startTcpBackend, type Backend} from '../../../support/backends.js'
import {LIVE_SCRIPT, LiveStage, type LiveWorld} from '../../../support/live-stage.js'
import {freePorts} from '../../../support/ports.js'
import {INTEGRATION_TIMEOUT, scaled} from '../../../support/timeouts.js'
import {askTcp} from '../../../support/traffic.js'
import {waitFor} from '../../../support/wait.js'

const KILLED = 'workers of NGINX do not react and are killed, with their connections'

describe('servers that were changed without a reload', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let stage: LiveStage
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number
  let more: number

  before(async () => {
    backends = await Promise.all(['a', 'b', 'c'].map((name) => startTcpBackend(name)))
    ;[listen = 0, more = 0] = await freePorts(2)
  })

  after(async () => {
    for (const backend of backends ?? []) await backend.close()
  })

  afterEach(() => stage?.close())

  /** NGINX with the server `a` in its configuration. */
  async function begin(
    context: Mocha.Context,
    {script, options}: {readonly script?: string; readonly options?: Partial<NginxOptions>} = {},
  ): Promise<void> {
    stage = await LiveStage.make(context, 'trixie', script)
    nginx = await stage.open(options)
    await stage.apply(nginx, world('a'))
  }

  function world(name: string, extra: LiveWorld = {}): LiveWorld {
    return {web: {listen, to: portsOf(name)}, ...extra}
  }

  function portsOf(names: string): number[] {
    return backends.filter(({name}) => names.includes(name)).map(({port}) => port)
  }

  /** From several connections, because each may be of another worker. */
  async function expectAnswers(name: string): Promise<void> {
    const answers = await Promise.all(Array.from({length: 8}, () => askTcp({port: listen})))
    assert.deepEqual([...new Set(answers.map((text) => text.trim()))], [name])
  }

  async function goLive(name: string): Promise<void> {
    assert.equal((await stage.apply(nginx, world(name))).reloads, 0)
    await expectAnswers(name)
  }

  /** Asks for a file of `web` that NGINX rejects. */
  async function applyRejected(wanted: LiveWorld): Promise<Applied> {
    const {files, idle = []} = stage.translate(wanted)
    const bad = files.map((file) => (file.path.includes('_web-') ? rejected(file) : file))
    const {signal} = new AbortController()
    return nginx.commit(await nginx.prepare(bad, signal, {idle}), signal)
  }

  it('do not come back if NGINX rejects the Service, also after a restart of NGINX', async function () {
    await begin(this)
    await goLive('b')
    const {quarantined, reloads} = await applyRejected(world('c', {more: {listen: more, to: portsOf('c')}}))
    assert.deepEqual([quarantined.map(({name}) => name), reloads], [['web'], 1])
    await expectAnswers('b')
    assert.equal((await askTcp({port: more})).trim(), 'c')
    await stage.fixture.kill()
    await waitFor(() => !nginx.status().serving, {what: 'lbex to notice'})
    await waitFor(() => nginx.status().serving, {what: 'a new NGINX'})
    await expectAnswers('b')
    assert.equal((await stage.apply(nginx, world('c'))).reloads, 1)
    await goLive('a')
  })

  it('do not come back if NGINX rejects the Service after the next lbex took over', async function () {
    await begin(this)
    await goLive('b')
    await stage.fixture.leave(nginx)
    nginx = await stage.open()
    const {quarantined} = await applyRejected(world('c'))
    assert.deepEqual(
      quarantined.map(({name}) => name),
      ['web'],
    )
    await expectAnswers('b')
  })

  it('do not come back if there is none left and NGINX rejects the Service', async function () {
    await begin(this)
    assert.equal((await stage.apply(nginx, world(''))).reloads, 0)
    const {quarantined} = await applyRejected(world('c'))
    assert.equal(quarantined.length, 1)
    await assert.rejects(askTcp({port: listen}), /closed without an answer/)
  })

  it('are served by a new NGINX at once if NGINX ended, also while no reload is allowed', async function () {
    await begin(this)
    await goLive('b')
    await stage.fixture.kill()
    const wanted = world('c', {more: {listen: more, to: portsOf('a')}})
    assert.equal((await stage.apply(nginx, wanted, {reload: false})).deferred, undefined)
    await expectAnswers('c')
    assert.equal((await askTcp({port: more})).trim(), 'a')
  })

  it('wait for a reload if NGINX does not take a change while no reload is allowed', async function () {
    await begin(this)
    await rm(stage.fixture.layout.liveSocket)
    const {reloads, deferred, live} = await stage.apply(nginx, world('b'), {reload: false})
    assert.deepEqual({reloads, deferred, live}, {reloads: 0, deferred: true, live: undefined})
    await expectAnswers('a')
    assert.equal((await stage.apply(nginx, world('b'))).reloads, 1)
    await expectAnswers('b')
  })

  it('change while reloads fail before NGINX is asked to reload', async function () {
    await begin(this)
    await goLive('b')
    const blocker = join(dirname(stage.fixture.layout.liveKey), 'new-key')
    await mkdir(blocker)
    const wanted = world('b', {more: {listen: more, to: portsOf('a')}})
    await assert.rejects(stage.apply(nginx, wanted), {code: 'directory-unusable'})
    await goLive('c')
    await rmdir(blocker)
    assert.equal((await stage.apply(nginx, wanted)).reloads, 1)
    await expectAnswers('b')
  })

  it('change after a reload that NGINX did not confirm, if it serves the earlier configuration again', async function () {
    const stopped: ProcessRef[] = []
    const observe: Observe = ({type, ...event}) => {
      if (type === 'reload' && 'result' in event && event.result === 'unconfirmed')
        for (const worker of stopped) send(worker, 'SIGCONT')
    }
    await begin(this, {options: {observe, confirmTimeout: scaled(1000)}})
    await goLive('b')
    // A worker that does not do what its master says, so that the reload is not confirmed in time.
    stopped.push(...stage.fixture.processes().accepting.slice(0, 1))
    for (const worker of stopped) assert.ok(send(worker, 'SIGSTOP'))
    const wanted = world('b', {more: {listen: more, to: portsOf('a')}})
    await assert.rejects(stage.apply(nginx, wanted), {code: 'nginx-unconfirmed'})
    await expectAnswers('b')
    await goLive('c')
    assert.equal((await stage.apply(nginx, wanted)).reloads, 1)
    await expectAnswers('b')
  })

  it('are not lost if a worker waits forever for the lock of the dictionary', async function () {
    // As if a worker had been killed while it wrote: whoever needs the lock of this dictionary waits forever.
    const locked = `if (request.revision === 1) ngx.shared.lbex.set('/locked', '1')
  if (ngx.shared.lbex.get('/locked')) for (;;) {}`
    await begin(this, {script: LIVE_SCRIPT.replace(/^function change\(.*\n/m, `$&  ${locked}\n`)})
    await stage.apply(nginx, world('b'))
    await expectAnswers('b')
    assert.deepEqual(nginx.live(), {upstreams: 0, working: true})
    assert.equal(stage.fixture.processes().accepting.length, 2)
    await goLive('c')
    assert.ok(stage.fixture.log.messages('error').includes(KILLED))
  })
})

function rejected(file: NginxFile): NginxFile {
  const text = `${file.text}\nnonsense;\n`
  return {
    ...{...file, text},
    path: file.path.replace(/[^-]+\.conf$/, `${contentHash(text)}.conf`),
    live: file.live?.map((listener) => ({...listener, shape: 'other'})) ?? [],
  }
}
