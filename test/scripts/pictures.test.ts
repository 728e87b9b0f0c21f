/** The pictures of README.md and docs/: what the scripts draw is well-formed, and text cannot break it. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {pictureOf} from '../../scripts/docs/picture.js'
import {recordingSvg} from '../../scripts/docs/recording.js'
import {escaped} from '../../scripts/docs/svg.js'

type Area = {readonly at: [number, number]; readonly size: [number, number]}
type Sizes = {
  readonly size: [number, number]
  readonly boxes: readonly (Area & {readonly lines: readonly string[]})[]
  readonly groups: readonly Area[]
}

/** Names of elements that are open at the end, or closed without being open. */
function unbalanced(text: string): string[] {
  const open: string[] = []
  for (const [, end, name = '', closed] of text.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (closed === '/') continue
    if (end === '') open.push(name)
    else if (open.at(-1) === name) open.pop()
    else return [...open, `/${name}`]
  }
  return open
}

describe('scripts: pictures', () => {
  it('escape text, and leave out control characters', () => {
    assert.equal(escaped('a < b && "c" > \u001b[1md'), 'a &lt; b &amp;&amp; &quot;c&quot; &gt; [1md')
  })

  const images = new URL('../../docs/images/', import.meta.url)
  for (const name of readdirSync(images).filter((each) => each.endsWith('.yaml'))) {
    it(`draw ${name} in two themes, with the same text`, () => {
      const source = readFileSync(new URL(name, images), 'utf8')
      const [light = '', dark = ''] = (['light', 'dark'] as const).map((theme) => pictureOf(source, theme))
      const textOf = (picture: string) => [...picture.matchAll(/>([^<\n]+)</g)].map(([, text]) => text)
      assert.deepEqual(unbalanced(light), [])
      assert.notEqual(light, dark)
      assert.deepEqual(textOf(light), textOf(dark))
      assert.ok(textOf(light).length > 5)
    })

    it(`keep the text of ${name} within its boxes, and the boxes within the picture`, () => {
      const {size, boxes, groups} = parse(readFileSync(new URL(name, images), 'utf8')) as Sizes
      for (const {at, size: own} of [...boxes, ...groups])
        assert.ok(at[0] + own[0] <= size[0] && at[1] + own[1] <= size[1], `${name}: ${at.join(', ')}`)
      // An upper limit for the width of a letter, in the fonts that the picture names.
      const widthOf = (line: string, index: number) => line.length * (index === 0 ? 8.6 : 6)
      const wide = boxes.flatMap(({lines, size: [width]}) =>
        lines.filter((line, index) => widthOf(line, index) > width - 8),
      )
      assert.deepEqual(wide, [])
    })
  }

  it('record lines in their order, wrapped, and without long pauses', () => {
    const picture = recordingSvg('demo', [
      {at: 0, text: '$ a <b>'},
      {at: 60, text: '1. One'},
      {at: 60, text: `   ${'word '.repeat(40)}`},
    ])
    assert.deepEqual(unbalanced(picture), [])
    const texts = [...picture.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text = '']) => text)
    assert.deepEqual(texts.slice(0, 2), ['$ a &lt;b&gt;', '1. One'])
    assert.ok(texts.length >= 4 && texts.every((text) => text.length <= 110))
    // 60 s without output are 1.5 s in the recording.
    const [, seconds] = /animation:scroll ([\d.]+)s/.exec(picture) ?? []
    assert.ok(Number(seconds) < 10, seconds)
  })
})
