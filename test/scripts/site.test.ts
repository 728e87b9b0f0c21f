/** The site of the docs, as far as it is made without VitePress: its pages, links, anchors and versions. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {optionsOf} from '../../scripts/site/options.js'
import {generatedIn, pageOf, PAGES_OUTSIDE_DOCS, sidebarOf} from '../../scripts/site/pages.js'
import {folderOf, indexOf, withVersion} from '../../scripts/site/versions.js'
import {htmlOnSite, linkOnSite, pictureOnSite, rewriteLinks} from '../../website/vitepress/links.mjs'
import {slugOf} from '../../website/vitepress/slug.mjs'
import {root} from '../commands/lbex.js'

const sources = [
  ...Object.keys(PAGES_OUTSIDE_DOCS),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'docs/decisions/README.md',
]
const texts = new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
const site = {
  pages: Object.fromEntries(sources.map((path) => [path, pageOf(path)])),
  repository: 'https://github.com/O/lbex',
  ref: 'v2.0.0',
  folders: ['deploy', 'deploy/publish'],
}

describe('scripts: site: pages', () => {
  it('have one place each', () => {
    const places = sources.map(pageOf)
    assert.equal(new Set(places).size, places.length)
    assert.deepEqual(
      ['README.md', 'docs/tls.md', 'docs/decisions/README.md', 'deploy/README.md'].map(pageOf),
      ['index.md', 'tls.md', 'decisions/index.md', 'deploy.md'],
    )
  })

  it('are all in the sidebar, once', () => {
    const links = sidebarOf(texts).flatMap(({items}) => items.map(({link}) => link))
    assert.deepEqual(
      links.toSorted(),
      sources.map((path) => `/${pageOf(path)}`.replace(/index\.md$/, '')).toSorted(),
    )
  })

  it('have the title of their first heading, and are at the end of the reference if no group lists them', () => {
    const groups = sidebarOf(
      new Map([
        ['docs/tasks.md', '# Annotations by `task`\n\n## More\n'],
        ['docs/new.md', '# New\n'],
        ['docs/decisions/0001-a.md', '# A\n'],
      ]),
    )
    assert.deepEqual(
      groups.filter(({items}) => items.length > 0).map(({text, items}) => [text, items]),
      [
        ['Tasks', [{text: 'Annotations by task', link: '/tasks.md'}]],
        ['Reference', [{text: 'New', link: '/new.md'}]],
      ],
    )
    assert.throws(() => sidebarOf(new Map([['docs/new.md', 'text']])), /docs\/new\.md has no heading/)
  })

  it('that npm run docs writes have no link for editing', () => {
    const generated = generatedIn(readFileSync(join(root, '.gitattributes'), 'utf8'))
    assert.ok(generated.includes('docs/annotations.md') && !generated.includes('docs/tasks.md'))
  })
})

describe('scripts: site: links', () => {
  it('lead to pages of the site, or to the repository', () => {
    const cases: readonly (readonly [source: string, href: string, expected: string])[] = [
      ['README.md', 'docs/tls.md', '/tls.md'],
      ['README.md', 'deploy/README.md', '/deploy.md'],
      ['docs/tls.md', 'security.md#ports', '/security.md#ports'],
      ['docs/tls.md', '../README.md', '/index.md'],
      ['docs/tls.md', '#own', '#own'],
      ['docs/tls.md', 'https://example.com/x.md', 'https://example.com/x.md'],
      ['docs/tls.md', 'decisions/README.md', '/decisions/index.md'],
      ['docs/decisions/README.md', '../live-updates.md#what-it-costs', '/live-updates.md#what-it-costs'],
      ['docs/tls.md', '../deploy/', '/deploy.md'],
      ['docs/tls.md', '../deploy/publish', 'https://github.com/O/lbex/tree/v2.0.0/deploy/publish'],
      ['docs/tls.md', '../LICENSE', 'https://github.com/O/lbex/blob/v2.0.0/LICENSE'],
      [
        'deploy/helm/lbex/README.md',
        '../../monitoring/a.yaml#x',
        'https://github.com/O/lbex/blob/v2.0.0/deploy/monitoring/a.yaml#x',
      ],
    ]
    assert.deepEqual(
      cases.map(([source, href]) => linkOnSite(source, href, site)),
      cases.map(([, , expected]) => expected),
    )
  })

  it('to pictures lead to the copies on the site', () => {
    assert.equal(pictureOnSite('README.md', 'docs/images/demo.svg'), '/images/demo.svg')
    assert.equal(pictureOnSite('docs/concepts.md', 'images/service-dark.svg'), '/images/service-dark.svg')
  })

  it('show the picture of the theme', () => {
    const pictures = sources.flatMap((source) =>
      [...(texts.get(source) ?? '').matchAll(/<picture>[^]*?<\/picture>/g)].map(([html]) =>
        htmlOnSite(source, html),
      ),
    )
    assert.ok(pictures.length > 1)
    for (const html of pictures)
      assert.match(
        html,
        /^<div class="picture">\n<img class="in-light" alt="[^"]+" src="\/images\/[\w-]+-light\.svg">\n<img class="in-dark" alt="[^"]+" src="\/images\/[\w-]+-dark\.svg">\n<\/div>$/,
      )
  })

  it('are rewritten in every token of a page, and not in other pages', () => {
    class Token {
      readonly children: readonly Token[] | null
      constructor(
        readonly type: string,
        readonly attributes: Record<string, string> = {},
        children?: readonly Token[],
        public content = '',
      ) {
        this.children = children ?? null
      }
      attrGet(name: string) {
        return this.attributes[name]
      }
      attrSet(name: string, value: string) {
        this.attributes[name] = value
      }
    }
    const rules: ((state: object) => void)[] = []
    rewriteLinks(
      {core: {ruler: {push: (_: string, rule: (state: object) => void) => rules.push(rule)}}},
      site,
    )
    const link = () => new Token('link_open', {href: '../LICENSE'})
    const [first, other] = [link(), link()]
    const image = new Token('image', {src: 'images/demo.svg'})
    for (const rule of rules) {
      rule({tokens: [new Token('inline', {}, [first, image])], env: {relativePath: 'tls.md'}})
      rule({tokens: [other], env: {relativePath: 'unknown.md'}})
    }
    assert.deepEqual(
      [first, image, other].map(({attributes}) => Object.values(attributes)[0]),
      ['https://github.com/O/lbex/blob/v2.0.0/LICENSE', '/images/demo.svg', '../LICENSE'],
    )
  })

  it('have the anchors of GitHub', () => {
    assert.equal(slugOf('What it costs: `njs` and C++?'), 'what-it-costs-njs-and-c')
  })
})

describe('scripts: site: versions', () => {
  it('are named by the end of the base', () => {
    assert.deepEqual(['/', '/lbex/', '/v2.0/', '/lbex/v2.10/', '/v2.0/docs/'].map(folderOf), [
      undefined,
      undefined,
      {parent: '/', name: 'v2.0'},
      {parent: '/lbex/', name: 'v2.10'},
      undefined,
    ])
  })

  it('are listed once, the newest first, and the index leads to the newest', () => {
    const versions = withVersion(withVersion(withVersion([], 'v2.9'), 'v2.10'), 'v2.9')
    assert.deepEqual(versions, ['v2.10', 'v2.9'])
    assert.match(indexOf(versions), /url=v2\.10\/"/)
  })

  it('come from the command line, which is checked', () => {
    assert.deepEqual(optionsOf([]), {base: '/', out: undefined, ref: 'main', serve: false})
    assert.deepEqual(optionsOf(['--base', '/lbex/v2.0/', '--out', 'pages', '--ref', 'v2.0.1', '--serve']), {
      base: '/lbex/v2.0/',
      out: 'pages',
      ref: 'v2.0.1',
      serve: true,
    })
    for (const base of ['v2.0', '/v2.0', 'v2.0/', '//', '/a b/'])
      assert.throws(() => optionsOf([`--base=${base}`]), /write a path with a slash at both ends/)
    assert.throws(() => optionsOf(['--bse', '/']), /Unknown option '--bse'/)
  })
})
