/** Links of the docs: those into the project lead somewhere, the others are well-formed. Nothing is fetched. */
import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {join, normalize} from 'node:path'
import {root} from '../commands/lbex.js'
import {anchorsOf, pages, readPage, type Page} from './markdown.js'

const all = new Map(pages().map((page) => [page.path, page]))

/** What is wrong with a link of a page, if anything. */
function trouble(link: string, {path}: Page): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return troubleOutside(link)
  const [file = '', anchor] = link.split('#', 2)
  const target = file === '' ? path : normalize(join(path, '..', decodeURIComponent(file)))
  if (target.startsWith('..')) return 'leads out of the repository'
  if (!existsSync(join(root, target))) return `there is no ${target}`
  if (anchor === undefined) return undefined
  const page = all.get(target)
  if (!page) return `${target} is no Markdown, and has no anchors`
  return anchorsOf(page).has(anchor) ? undefined : `${target} has no heading for #${anchor}`
}

function troubleOutside(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (url === undefined) return 'is no URL'
  if (url.protocol === 'mailto:') return undefined
  const isHere = url.protocol === 'http:' && /^(localhost|127\.|\[::1\])/.test(url.host)
  if (url.protocol !== 'https:' && !isHere) return 'is to begin with https://'
  return isHere || url.hostname.includes('.') ? undefined : `${url.hostname} is no host`
}

describe('docs: links', () => {
  for (const page of all.values()) {
    it(`${page.path} leads only to what is there`, () => {
      const found = page.links.flatMap(({place, text}) => {
        const problem = trouble(text, page)
        return problem === undefined ? [] : [`${place}: (${text}) ${problem}`]
      })
      assert.deepEqual(found, [])
    })
  }

  it('are read from prose alone, and judged', () => {
    const text = [
      '# A `b` c-d: e',
      '[good](CONTRIBUTING.md#tests) `[code](nowhere)` [bad](nowhere.md) ![image](x.png "title")',
      '```sh',
      '# [block](nowhere)',
      '```',
      '[old]: http://example.com/',
      '[own](#a-b-c-d-e) [wrong](#tests) [out](../x) [anchor](LICENSE#x)',
    ]
    const page = readPage('CONTRIBUTING.md', text.join('\n'))
    assert.deepEqual([...anchorsOf(page)], ['a-b-c-d-e'])
    assert.deepEqual(
      page.links.map(({place, text: link}) => [place.split(':')[1], link, trouble(link, page)]),
      [
        ['2', 'CONTRIBUTING.md#tests', undefined],
        ['2', 'nowhere.md', 'there is no nowhere.md'],
        ['2', 'x.png', 'there is no x.png'],
        ['6', 'http://example.com/', 'is to begin with https://'],
        ['7', '#a-b-c-d-e', 'CONTRIBUTING.md has no heading for #a-b-c-d-e'],
        ['7', '#tests', undefined],
        ['7', '../x', 'leads out of the repository'],
        ['7', 'LICENSE#x', 'LICENSE is no Markdown, and has no anchors'],
      ],
    )
  })
})
