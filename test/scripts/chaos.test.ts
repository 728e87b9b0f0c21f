/** The parts of npm run chaos that need no NGINX: its command line, its moments, and the tap that notices them. */
import assert from 'node:assert/strict'
import {rm, writeFile} from 'node:fs/promises'
import {connect, createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {PARTS, readArguments} from '../../bench/chaos/arguments.js'
import {chooseMoments, describeMoment, STEPS} from '../e2e/moments/choose.js'
import {ControlTap, type Passing} from '../e2e/moments/control-tap.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {waitFor} from '../support/wait.js'

describe('npm run chaos', () => {
  it('runs all parts for a short time, unless it is told otherwise', () => {
    assert.deepEqual(readArguments([], 7), {
      parts: PARTS,
      minutes: 3,
      count: 20,
      changes: 10_000,
      seed: 7,
      suite: 'trixie',
      notes: [],
    })
  })

  it('runs the named parts in its own order', () => {
    const argv = ['moments', 'soak', '--count', '200', '--minutes', '0.5', '--seed', '0', '--suite', 'sid']
    const {parts, count, minutes, seed, suite} = readArguments(argv, 7)
    assert.deepEqual([parts, count, minutes, seed, suite], [['soak', 'moments'], 200, 0.5, 0, 'sid'])
  })

  for (const [argv, message] of [
    [['soap'], /^unknown part soap: use faults, soak, moments, failover, memory$/],
    [['--minutes', '0'], /^--minutes 0: must be a number greater than 0$/],
    [['--count', '1.5'], /^--count 1\.5: must be an integer greater than 0$/],
    [['--changes', 'many'], /^--changes many: must be an integer greater than 0$/],
    [['--seed', '-1'], /--seed/],
    [['--suite', 'bookworm'], /^unknown suite bookworm: use trixie, sid$/],
    [['--fast'], /--fast/],
  ] as const) {
    it(`rejects ${argv.join(' ')}`, () => {
      assert.throws(() => readArguments(argv, 7), {message})
    })
  }
})

describe('the moments of a seed', () => {
  const moments = chooseMoments(42, 200)

  it('are the same each time, also if fewer are asked for', () => {
    assert.deepEqual(chooseMoments(42, 200), moments)
    assert.deepEqual(chooseMoments(42, 20), moments.slice(0, 20))
    assert.notDeepEqual(chooseMoments(43, 200), moments)
  })

  it('are for both programs and for each step equally often', () => {
    for (const victim of ['lbex', 'NGINX'])
      for (const step of STEPS)
        assert.equal(moments.filter((each) => each.victim === victim && each.step === step).length, 25)
  })

  it('stop a step before it goes on, or come later', () => {
    const held = moments.filter(({delay}) => delay === 0)
    assert.ok(held.length > 50 && held.length < 150, `${held.length}`)
    assert.ok(moments.every(({delay}) => Number.isInteger(delay) && delay >= 0 && delay <= 250))
  })

  it('are described by what they do', () => {
    const moment = {
      number: 3,
      victim: 'NGINX',
      step: 'clear',
      delay: 7,
      processes: 'master',
      seed: 1,
    } as const
    const flags = {withOther: true, changesMeanwhile: false}
    assert.equal(
      describeMoment({...moment, ...flags}),
      'moment 3: kill -9 of NGINX (master) 7 ms after clear, with a listener that comes or goes',
    )
  })
})

describe('the tap of the control socket', () => {
  let folder: TemporaryFolder
  let nginx: Server
  let tap: ControlTap
  let passed: string[]

  /** As NGINX: a line for each line. */
  const listen = async (): Promise<void> => {
    nginx = createServer((socket) => socket.on('data', (data) => socket.end(`answer to ${data.toString()}`)))
    await new Promise<void>((resolve) => nginx.listen(socketPath(), resolve))
  }
  const socketPath = (): string => join(folder.path, 'push.sock')
  const keyPath = (): string => join(folder.path, 'key.conf')
  const ask = (request: object): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(socketPath(), () => socket.write(`${JSON.stringify(request)}\n`))
      socket.on('data', (data) => (text += data.toString()))
      socket.on('close', () => resolve(text)).on('error', reject)
    })

  beforeEach(async () => {
    folder = await temporaryFolder()
    await listen()
    passed = []
    tap = new ControlTap({liveSocket: socketPath(), liveKey: keyPath()})
    tap.notice = (passing: Passing) => void passed.push(passing)
    await tap.install()
  })

  afterEach(async () => {
    tap.close()
    nginx.close()
    await folder.remove()
  })

  it('passes on requests and answers, and notices what they are', async () => {
    assert.equal(await ask({key: 'k', from: 0}), 'answer to {"key":"k","from":0}\n')
    assert.equal(await ask({revision: 1}), 'answer to {"revision":1}\n')
    assert.deepEqual(passed, ['request to read', 'request to write', 'answer to write'])
  })

  it('notices a new key', async () => {
    await writeFile(keyPath(), '')
    await waitFor(() => passed.includes('new key'), {what: 'the key'})
  })

  it('is installed again when NGINX has made another socket', async () => {
    await tap.install()
    nginx.close()
    await rm(socketPath(), {force: true})
    await listen()
    await tap.install()
    assert.equal(await ask({revision: 2}), 'answer to {"revision":2}\n')
    assert.deepEqual(passed, ['request to write', 'answer to write'])
  })
})
