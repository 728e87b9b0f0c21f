/** The pictures of README.md: what the scripts draw is well-formed, and text cannot break it. */
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {overviewPicture} from '../../scripts/docs/overview-picture.js'
import {recordingSvg} from '../../scripts/docs/recording.js'
import {escaped} from '../../scripts/docs/svg.js'

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

  it('draw the overview in two themes, with the same text', () => {
    const source = readFileSync(new URL('../../docs/images/overview.yaml', import.meta.url), 'utf8')
    const [light, dark] = (['light', 'dark'] as const).map((theme) => overviewPicture(source, theme))
    const textOf = (picture = '') => [...picture.matchAll(/>([^<\n]+)</g)].map(([, text]) => text)
    assert.deepEqual(unbalanced(light ?? ''), [])
    assert.notEqual(light, dark)
    assert.deepEqual(textOf(light), textOf(dark))
    for (const word of ['Clients', 'NGINX', 'API server']) assert.ok(textOf(light).includes(word), word)
  })

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
