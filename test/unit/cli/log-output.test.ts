import assert from 'node:assert/strict'
import {LogOutput} from '../../../src/cli/log-output.js'
import {FakeClock, settled} from '../controller/fake-clock.js'

/** A pipe with limited room, which can be closed. */
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

  it('writes lines in order, as many per write as there is room for', async () => {
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

  it('buffers 8 MiB if the reader does not read, drops further lines, and reports their number when there is room again', async () => {
    const pipe = new Pipe(0)
    const output = open(pipe)
    const line = `${'x'.repeat(8191)}\n`
    for (let count = 0; count < 1024 + 7; count += 1) output.write(line)
    // There is one gap, and it is reported.
    output.write('short\n')
    await clock.advance(5000)
    assert.equal(pipe.text, '')
    pipe.room = 10 * 1024 * 1024
    await clock.advance(20)
    output.write('after\n')
    await settled()
    assert.equal(pipe.text, `${line.repeat(1024)}8 dropped\nafter\n`)
  })

  it('retries on a full disk, and continues where it stopped', async () => {
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

  it('discards lines if the reader has closed the pipe', async () => {
    const pipe = new Pipe(0)
    const output = open(pipe)
    pipe.problem = 'EPIPE'
    output.write('one\n')
    await output.flush(1000)
    assert.equal(pipe.attempts, 1)
  })

  it('waits for the last lines up to the limit', async () => {
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
