import assert from 'node:assert/strict'
import {linesOf, textOf} from '../../../src/kube/lines.js'

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}

describe('kube/lines', () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    it(`splits chunks of ${size} bytes into lines, with characters across chunks`, async () => {
      assert.deepEqual(await collect(linesOf(inPieces('eins\n\nzwölf\n€ and 🙂\n', size))), [
        'eins',
        '',
        'zwölf',
        '€ and 🙂',
      ])
    })
  }

  it('finds a line of a megabyte', async () => {
    const long = 'x'.repeat(1_000_000)
    assert.deepEqual(await collect(linesOf(inPieces(`${long}\nshort\n`, 65_536))), [long, 'short'])
  })

  it('drops an incomplete last line', async () => {
    assert.deepEqual(await collect(linesOf(inPieces('whole\n{"type":"ADD', 4))), ['whole'])
  })

  it('rejects a line that is too long', async () => {
    await assert.rejects(collect(linesOf(inPieces('x'.repeat(100), 10), 50)), RangeError)
  })

  it('reads a whole text, and rejects or cuts one that is too long', async () => {
    assert.equal(await textOf(inPieces('zwölf', 1), 100, false), 'zwölf')
    await assert.rejects(textOf(inPieces('x'.repeat(100), 10), 50, false), RangeError)
    assert.equal(await textOf(inPieces('x'.repeat(100), 10), 50, true), 'x'.repeat(60))
  })
})
