/**
 * Writes the generated files: oclif.manifest.json, schemas/annotations.schema.json, and in docs/ commands.md, annotations.md,
 * diagnostics.md, metrics.md, supported-fields.md, benchmarks.md (from bench/results/), decisions/README.md, the pictures in images/, and the table of layers in
 * architecture.md; and the table of
 * values in deploy/helm/lbex/README.md; and the repository of package.json into the files that name it. With --check it writes nothing, and fails if one of them is out of date.
 */
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {format, resolveConfig} from 'prettier'
import {annotationsPage} from './docs/annotations-page.js'
import {annotationsSchema} from './docs/annotations-schema.js'
import type {CompareResults} from './docs/benchmark-results.js'
import {benchmarksPage} from './docs/benchmarks-page.js'
import {commandManifest, commandsPage} from './docs/commands-page.js'
import {decisionsPage} from './docs/decisions-page.js'
import {diagnosticsPage} from './docs/diagnostics-page.js'
import {withValues} from './docs/helm-values.js'
import {FILES_WITH_HOME, withHome} from './docs/home.js'
import {withLayers} from './docs/layers-list.js'
import {metricsPage} from './docs/metrics-page.js'
import {repositoryOf, type Manifest} from './release/places.js'
import {pictureOf} from './docs/picture.js'
import {supportedFieldsPage} from './docs/supported-fields-page.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const checks = process.argv.includes('--check')

const manifest = await commandManifest(root)
// First, because the help texts on the pages are printed with it.
settle('oclif.manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`)
settle('docs/commands.md', await asMarkdown(commandsPage(root, Object.keys(manifest.commands))))
settle('docs/annotations.md', await asMarkdown(annotationsPage()))
settle('schemas/annotations.schema.json', await asJson(annotationsSchema()))
settle('docs/diagnostics.md', await asMarkdown(diagnosticsPage(`${root}test/golden`)))
settle('docs/metrics.md', await asMarkdown(metricsPage()))
settle('docs/supported-fields.md', await asMarkdown(supportedFieldsPage()))
const measured = readFileSync(`${root}bench/results/compare.json`, 'utf8')
settle('docs/benchmarks.md', await asMarkdown(benchmarksPage(JSON.parse(measured) as CompareResults)))
settle('docs/decisions/README.md', await asMarkdown(decisionsPage(`${root}docs/decisions`)))
const architecture = 'docs/architecture.md'
settle(architecture, await asMarkdown(withLayers(readFileSync(root + architecture, 'utf8'))))
const chart = 'deploy/helm/lbex'
const [page = '', values = ''] = ['README.md', 'values.yaml'].map((name) =>
  readFileSync(`${root}${chart}/${name}`, 'utf8'),
)
settle(`${chart}/README.md`, await asMarkdown(withValues(page, values)))
const home = repositoryOf(JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Manifest)
for (const path of FILES_WITH_HOME) settle(path, withHome(readFileSync(root + path, 'utf8'), home))

const images = readdirSync(`${root}docs/images`).filter((name) => name.endsWith('.yaml'))
for (const name of images) {
  const picture = readFileSync(`${root}docs/images/${name}`, 'utf8')
  for (const theme of ['light', 'dark'] as const)
    settle(`docs/images/${name.replace(/\.yaml$/, '')}-${theme}.svg`, pictureOf(picture, theme))
}

function settle(path: string, text: string): void {
  if (!checks) writeFileSync(root + path, text)
  else if (!existsSync(root + path) || readFileSync(root + path, 'utf8') !== text) {
    console.log(`${path} is out of date: run npm run docs`)
    process.exitCode = 1
  }
}

async function asJson(value: object): Promise<string> {
  return format(JSON.stringify(value), {...(await resolveConfig(`${root}package.json`)), parser: 'json'})
}

async function asMarkdown(text: string): Promise<string> {
  return format(text, {...(await resolveConfig(`${root}package.json`)), parser: 'markdown'})
}
