import assert from 'node:assert/strict'
import {LogOutput} from '../../../src/cli/log-output.js'
import {FakeClock, settled} from '../controller/fake-clock.js'

/** A pipe with room for so many bytes, that may be broken. */
class Pipe {
  text = ''
  problem: string | undefined
  attempts = 0

  constructor(public room: number) {}

  readonly write = async (bytes: Buffer): Promise<number> => {
    this.attempts += 1
    const code = this.problem ?? (this.room === 0 ? 'EAGAIN' : undefined)
    if (code) throw Object.assign(new Error(code), {code})
    const taken = Math.min(this.room, bytes.length)
    this.room -= taken
    this.text += bytes.subarray(0, taken).toString('latin1')
    return taken
  }
}

describe('LogOutput', () => {
  let clock: FakeClock

  beforeEach(() => {
    clock = new FakeClock()
  })

  function open(pipe: Pipe): LogOutput {
    const output: LogOutput = new LogOutput({
      ...{write: pipe.write, clock},
      onDropped: (lines) => output.write(`${lines} dropped\n`),
    })
    return output
  }

  it('writes lines in their order, as much at once as there is room', async () => {
    const pipe = new Pipe(5)
    const output = open(pipe)
    for (const line of ['one\n', 'two\n', 'three\n']) output.write(line)
    await settled()
    assert.equal(pipe.text, 'one\nt')
    pipe.room = 100
    await clock.advance(20)
    assert.equal(pipe.text, 'one\ntwo\nthree\n')
    await output.flush(1000)
  })

  it('keeps 8 MiB for a reader that does not read, drops the rest, and says how much when there is room again', async () => {
    const pipe = new Pipe(0)
    const output = open(pipe)
    const line = `${'x'.repeat(8191)}\n`
    for (let count = 0; count < 1024 + 7; count += 1) output.write(line)
    // A gap is never hidden between two lines.
    output.write('short\n')
    await clock.advance(5000)
    assert.equal(pipe.text, '')
    pipe.room = 10 * 1024 * 1024
    await clock.advance(20)
    output.write('after\n')
    await settled()
    assert.equal(pipe.text, `${line.repeat(1024)}8 dropped\nafter\n`)
  })

  it('waits for a disk that is full, and goes on where it was', async () => {
    const pipe = new Pipe(6)
    const output = open(pipe)
    output.write('one\ntwo\n')
    await settled()
    pipe.problem = 'ENOSPC'
    pipe.room = 100
    await clock.advance(10_000)
    assert.ok(pipe.attempts < 15, `${pipe.attempts} attempts`)
    pipe.problem = undefined
    await clock.advance(1000)
    assert.equal(pipe.text, 'one\ntwo\n')
  })

  it('forgets what a reader who is gone would have read', async () => {
    const pipe = new Pipe(0)
    const output = open(pipe)
    pipe.problem = 'EPIPE'
    output.write('one\n')
    await output.flush(1000)
    assert.equal(pipe.attempts, 1)
  })

  it('gives the last lines a time, and no more', async () => {
    const pipe = new Pipe(0)
    const output = open(pipe)
    output.write('last\n')
    let flushed = false
    void output.flush(1000).then(() => (flushed = true))
    await clock.advance(999)
    assert.equal(flushed, false)
    await clock.advance(1)
    assert.equal(flushed, true)
  })
})
