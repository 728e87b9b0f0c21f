/** Which files are pages of the site, where they are there, and in which group of the sidebar. Pure. */

type Group = {readonly text: string; readonly pages: readonly string[]}
export type SidebarGroup = {
  readonly text: string
  readonly collapsed: boolean
  readonly items: readonly {readonly text: string; readonly link: string}[]
}

/** Pages that are not in `docs/`. */
export const PAGES_OUTSIDE_DOCS: Readonly<Record<string, string>> = {
  'README.md': 'index.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'reporting.md',
  'deploy/README.md': 'deploy.md',
  'deploy/helm/lbex/README.md': 'helm.md',
}

const inDocs = (...names: string[]): string[] => names.map((name) => `docs/${name}.md`)

const GROUPS: readonly Group[] = [
  {
    text: 'Concepts',
    pages: [
      'README.md',
      ...inDocs('concepts', 'live-updates', 'guarantees', 'comparison', 'benchmarks', 'glossary'),
    ],
  },
  {
    text: 'Quick start',
    pages: [
      ...inDocs('quick-start', 'install'),
      ...['deploy/README.md', 'deploy/helm/lbex/README.md'],
      ...inDocs('google-cloud'),
    ],
  },
  {
    text: 'Tasks',
    pages: inDocs(
      ...['tasks', 'running', 'troubleshooting', 'checking', 'addresses', 'shared-ports', 'port-ranges'],
      ...['health-checks', 'tls'],
    ),
  },
  {text: 'High availability', pages: inDocs('high-availability', 'publishing')},
  {text: 'Operations', pages: inDocs('operations', 'observability', 'versions')},
  {text: 'Migration', pages: inDocs('migration')},
  {text: 'Security', pages: [...inDocs('security'), 'SECURITY.md']},
  {
    text: 'Reference',
    pages: inDocs('annotations', 'commands', 'diagnostics', 'metrics', 'supported-fields', 'conformance'),
  },
  {
    text: 'Contribute',
    pages: ['CONTRIBUTING.md', ...inDocs('architecture', 'decisions/README', 'releasing')],
  },
]
/** Where a page of docs/ is that no group lists. */
const OTHERS = 'Reference'
const COLLAPSED = ['Contribute']

/** The page of the site for a file of the repository: `tls.md` for `docs/tls.md`. */
export function pageOf(source: string): string {
  return PAGES_OUTSIDE_DOCS[source] ?? source.replace(/^docs\//, '').replace(/README\.md$/, 'index.md')
}

/** `texts` holds the text of each page by its source. The records of decisions are reached from their index. */
export function sidebarOf(texts: ReadonlyMap<string, string>): SidebarGroup[] {
  const listed = new Set(GROUPS.flatMap(({pages}) => pages))
  const others = [...texts.keys()].filter(
    (source) => !listed.has(source) && !source.startsWith('docs/decisions/'),
  )
  return GROUPS.map(({text, pages}) => ({
    text,
    collapsed: COLLAPSED.includes(text),
    items: [...pages, ...(text === OTHERS ? others : [])].flatMap((source) => {
      const content = texts.get(source)
      return content === undefined ? [] : [{text: titleOf(source, content), link: linkTo(source)}]
    }),
  }))
}

function linkTo(source: string): string {
  return `/${pageOf(source)}`.replace(/index\.md$/, '')
}

/** Its first heading, without marks. */
function titleOf(source: string, text: string): string {
  if (source === 'README.md') return 'Overview'
  const heading = /^# (.+)$/m.exec(text)?.[1]
  if (heading === undefined) throw new Error(`${source} has no heading`)
  return heading.replaceAll(/[`*]/g, '')
}

/** Sources that `npm run docs` writes, by .gitattributes. */
export function generatedIn(attributes: string): string[] {
  return [...attributes.matchAll(/^(\S+\.md) linguist-generated$/gm)].map(([, path = '']) => path)
}
