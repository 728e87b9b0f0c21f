/** A reader that does not read the log must not block lbex. */
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {constants} from 'node:fs'
import {mkdir, open, writeFile, type FileHandle} from 'node:fs/promises'
import {join} from 'node:path'
import {startTcpBackend, type Backend} from '../support/backends.js'
import {freePort, freePorts} from '../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {askTcp} from '../support/traffic.js'
import {waitFor} from '../support/wait.js'
import {startLbex, type Ended} from './lbex.js'
import {BROKEN, complete} from './manifests.js'
import {endNginx, nginxFlags} from './nginx.js'

/** Changes that log more than lbex buffers for a slow reader (8 MiB). */
const ROUNDS = 16

describe('lbex run keeps serving', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder
  let backend: Backend
  let ports: number[]
  let healthPort: number
  let manifest: string
  let flags: string[]
  let ended: Promise<Ended> | undefined
  let stop: () => void

  beforeEach(async () => {
    ;[folder, backend, ports, healthPort] = await Promise.all([
      temporaryFolder(),
      startTcpBackend('blue'),
      freePorts(ROUNDS + 1),
      freePort(),
    ])
    // Each diagnostic has the name of the file, so a long name makes a long log with few diagnostics.
    const deep = join(folder.path, ...Array.from({length: 14}, () => 'x'.repeat(250)))
    await mkdir(deep, {recursive: true})
    manifest = join(deep, 'web.yaml')
    flags = [
      ...['-f', manifest, '--listen-address', '127.0.0.1'],
      ...['--health-address', '127.0.0.1', '--health-port', `${healthPort}`],
      ...(await nginxFlags(folder.path)),
    ]
  })
  afterEach(async () => {
    stop()
    await ended
    await endNginx(folder.path)
    await backend.close()
    await folder.remove()
  })

  const write = (text: string) => writeFile(manifest, text)
  const answers = (port = 0) => askTcp({port}).catch(() => undefined)

  /** Starts lbex with its standard error in a file, until it serves. */
  async function start(file: string, more: readonly string[] = []): Promise<void> {
    const through = ['sh', '-c', 'exec "$@" 2>"$0"', file]
    const running = startLbex(['run', ...flags, ...more], {through})
    stop = () => running.child.kill('SIGTERM')
    ended = running.ended
    const ready = async () =>
      (await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch(() => undefined))?.status === 200
    await waitFor(ready, {what: '/readyz', deadline: 40_000})
  }

  /** The second port instead of the first. */
  async function follow(): Promise<void> {
    assert.equal(await answers(ports[0]), 'blue')
    await write(complete('web', ports[1] as number, backend.port))
    await waitFor(async () => (await answers(ports[1])) === 'blue', {what: 'the change', deadline: 40_000})
  }

  /** A new port, and a hundred new Services with one diagnostic each. */
  async function change(round: number): Promise<void> {
    const port = ports[round] as number
    const broken = Array.from({length: 100}, (_, index) => BROKEN.replace('ntp', `ntp-${round}-${index}`))
    await write(complete('web', port, backend.port) + broken.join('---\n'))
    await waitFor(async () => (await answers(port)) === 'blue', {what: `change ${round}`, deadline: 40_000})
  }

  async function openFifo(): Promise<{path: string; reader: Promise<FileHandle>}> {
    const path = join(folder.path, 'log')
    execFileSync('mkfifo', [path])
    return {path, reader: open(path, 'r')}
  }

  it('if the reader of its log does not read, and later logs how many lines were dropped', async () => {
    await write(complete('web', ports[0] as number, backend.port))
    const {path, reader} = await openFifo()
    await start(path)
    // Each change logs as many lines as one reconcile may.
    for (let round = 1; round <= ROUNDS; round += 1) await change(round)
    const log = (await reader).createReadStream({encoding: 'utf8'})
    let text = ''
    log.on('data', (chunk) => (text += String(chunk)))
    const dropped = await waitFor(() => /\{.*"msg":"log lines were dropped"\}/.exec(text)?.[0], {
      what: 'word of the gap',
    })
    stop()
    assert.equal((await ended)?.exitCode, 0)
    const lines = text.trim().split('\n')
    const messages = lines.map((line) => (JSON.parse(line) as {msg: string}).msg)
    assert.ok((JSON.parse(dropped) as {lines: number}).lines > 100)
    assert.ok(messages.filter((message) => message === 'diagnostic appeared').length > 500)
    assert.deepEqual([messages[0], messages.at(-1)], ['lbex started', 'lbex stopped'])
  })

  it('if the reader of its log never reads, and exits in time', async () => {
    await write(complete('web', ports[0] as number, backend.port))
    const {path, reader} = await openFifo()
    await start(path)
    await fill(path)
    await follow()
    stop()
    assert.equal((await ended)?.exitCode, 0)
    await (await reader).close()
  })

  it('if the reader of its log has closed the pipe', async () => {
    await write(complete('web', ports[0] as number, backend.port))
    const {path, reader} = await openFifo()
    await start(path)
    await (await reader).close()
    await follow()
  })

  for (const format of ['json', 'text']) {
    it(`if the disk of its log is full (${format})`, async () => {
      await write(complete('web', ports[0] as number, backend.port))
      await start('/dev/full', ['--log-format', format, '--log-level', 'debug'])
      await follow()
      stop()
      assert.equal((await ended)?.exitCode, 0)
    })
  }
})

/** Writes to a pipe until there is no room in it. */
async function fill(path: string): Promise<void> {
  const pipe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK)
  for (let room = true; room;) {
    room = await pipe.write(Buffer.alloc(4096)).then(
      () => true,
      () => false,
    )
  }
  await pipe.close()
}
