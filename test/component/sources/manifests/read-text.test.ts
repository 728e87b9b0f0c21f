import assert from 'node:assert/strict'
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {open, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {FoundFile} from '../../../../src/sources/manifests/found-files.js'
import {STDIN, TextReader} from '../../../../src/sources/manifests/read-text.js'
import {signal, withFolder} from '../../../unit/sources/manifests/support.js'

const regular = (folder: string, name: string): FoundFile => ({
  file: name,
  path: join(folder, name),
  isPipe: false,
})

describe('TextReader', () => {
  it('reads a file again each time', async () => {
    await withFolder({'a.yaml': 'one'}, async (folder) => {
      const reader = new TextReader(undefined)
      assert.equal(await reader.read(regular(folder, 'a.yaml'), false, signal), 'one')
      await writeFile(join(folder, 'a.yaml'), 'two')
      assert.equal(await reader.read(regular(folder, 'a.yaml'), false, signal), 'two')
    })
  })

  it('reads a pipe once', async () => {
    await withFolder({'a.yaml': 'one'}, async (folder) => {
      const reader = new TextReader(undefined)
      const pipe = {...regular(folder, 'a.yaml'), isPipe: true}
      assert.equal(await reader.read(pipe, false, signal), 'one')
      await writeFile(join(folder, 'a.yaml'), 'two')
      assert.equal(await reader.read(pipe, false, signal), 'one')
    })
  })

  it('reads stdin once, from the function that it was given', async () => {
    let calls = 0
    const reader = new TextReader(async () => `text ${(calls += 1)}`)
    assert.equal(await reader.read(STDIN, false, signal), 'text 1')
    assert.equal(await reader.read(STDIN, false, signal), 'text 1')
  })

  it("reads the process's own stdin to its end", async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../../../src/sources/manifests/read-text.ts'))
    const script = `
      import {STDIN, TextReader} from ${JSON.stringify(module.href)}
      console.log(await new TextReader(undefined).read(STDIN, false, new AbortController().signal))`
    const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script])
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stdin.write('\uFEFFa: ')
    child.stdin.end('1')
    await once(child, 'close')
    assert.equal(Buffer.concat(output).toString(), 'a: 1\n')
  })

  it('removes a byte order mark', async () => {
    assert.equal(await new TextReader(() => '\uFEFFa: 1').read(STDIN, false, signal), 'a: 1')
  })

  it('returns undefined for invalid UTF-8', async () => {
    const utf16 = Buffer.from('\uFEFFa: 1', 'utf16le')
    await withFolder({utf16, binary: Buffer.from([0x61, 0xff, 0x00])}, async (folder) => {
      const reader = new TextReader(undefined)
      assert.equal(await reader.read(regular(folder, 'utf16'), false, signal), undefined)
      assert.equal(await reader.read(regular(folder, 'binary'), false, signal), undefined)
    })
  })

  it('fails for a missing file, a folder, and a broken stdin', async () => {
    await withFolder({'a/b.yaml': ''}, async (folder) => {
      const reader = new TextReader(() => Promise.reject(new Error('EPIPE')))
      const gone = reader.read(regular(folder, 'gone'), true, signal)
      await assert.rejects(gone, {
        code: 'file-unreadable',
        temporary: true,
        message: /^cannot read gone: ENOENT/,
      })
      await assert.rejects(reader.read(regular(folder, 'a'), false, signal), {
        code: 'file-unreadable',
        temporary: false,
      })
      await assert.rejects(reader.read(STDIN, false, signal), {message: 'cannot read <stdin>: EPIPE'})
    })
  })

  it('does not read devices, nor more than the limit', async () => {
    await withFolder({'a.yaml': 'a: 123'}, async (folder) => {
      const zero = {file: 'z.yaml', path: '/dev/zero', isPipe: true}
      await assert.rejects(new TextReader(undefined).read(zero, false, signal), {
        code: 'file-unreadable',
        message: 'cannot read z.yaml: it is a device',
      })
      const message = 'cannot read a.yaml: it has more than 5 bytes; --max-file-size allows more'
      const file = regular(folder, 'a.yaml')
      await assert.rejects(new TextReader(undefined, 5).read(file, false, signal), {message})
      assert.equal(await new TextReader(undefined, 6).read(file, false, signal), 'a: 123')
    })
  })

  it('stops reading a pipe without end at the limit', async () => {
    await withFolder({}, async (folder) => {
      const path = join(folder, 'pipe')
      assert.equal(spawnSync('mkfifo', [path]).status, 0)
      const ends = await open(path, 'r+')
      const writer = spawn('sh', ['-c', 'exec yes > "$0"', path], {stdio: 'ignore'})
      const ended = once(writer, 'close')
      const found = {file: 'p', path: `/dev/fd/${ends.fd}`, isPipe: true}
      const reading = new TextReader(undefined, 100_000).read(found, false, signal)
      await assert.rejects(reading, /^Failure: cannot read p: it has more than 100000 bytes/)
      await ends.close()
      await ended
    })
  })

  it('stops when the signal aborts', async () => {
    const abort = new AbortController()
    const reading = new TextReader(undefined).read(
      {file: 'x', path: '/x', isPipe: false},
      false,
      abort.signal,
    )
    abort.abort(new Error('stopped'))
    await assert.rejects(reading, /stopped/)
  })
})
