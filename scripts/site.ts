/**
 * npm run docs:site: builds README.md and docs/ as a site, with VitePress. VitePress is not a package of this project: it has a lock
 * file of its own in website/, and is installed into .cache/website/ when the site is built. A link to a page that does not exist
 * fails the build.
 */
import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {repositoryOf, type Manifest} from './release/places.js'
import {optionsOf, USAGE, type SiteOptions} from './site/options.js'
import {generatedIn, pageOf, PAGES_OUTSIDE_DOCS, sidebarOf} from './site/pages.js'
import {folderOf, indexOf, withVersion, type Folder} from './site/versions.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'website')
/** Where VitePress works. */
const work = join(root, '.cache/website')

main(readOptions())

function main(options: SiteOptions): void {
  const folder = folderOf(options.base)
  const site = resolve(options.out ?? join(root, '.cache/site'))
  const outDir = folder === undefined ? site : join(site, folder.name)
  install()
  writePages(options, outDir, folder)
  vitepress('build')
  if (folder !== undefined) listVersion(site, folder)
  console.log(`The site is in ${outDir}`)
  if (options.serve) vitepress('preview', '--host', '127.0.0.1')
}

function readOptions(): SiteOptions {
  try {
    return optionsOf(process.argv.slice(2))
  } catch (error) {
    console.error(`docs:site: ${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}

/** Installs VitePress, unless the packages of website/package-lock.json are there already. */
function install(): void {
  const lock = readFileSync(join(source, 'package-lock.json'), 'utf8')
  const installed = join(work, 'node_modules/.lock-of-website')
  mkdirSync(work, {recursive: true})
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(source, name), join(work, name))
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return
  console.log('Installing VitePress takes some minutes the first time')
  run('npm', 'ci', '--ignore-scripts', '--no-progress', '--loglevel=error')
  writeFileSync(installed, lock)
}

function vitepress(...parameters: string[]): void {
  run(process.execPath, 'node_modules/vitepress/bin/vitepress.js', ...parameters)
}

/** Ends this program if the other one fails. */
function run(command: string, ...parameters: string[]): void {
  const {status, error} = spawnSync(command, parameters, {cwd: work, stdio: 'inherit'})
  if (error) throw error
  if (status !== 0) process.exit(3)
}

/** Copies the pages and the configuration to where VitePress works. */
function writePages(options: SiteOptions, outDir: string, folder: Folder | undefined): void {
  for (const name of ['pages', '.vitepress']) rmSync(join(work, name), {recursive: true, force: true})
  cpSync(join(source, 'vitepress'), join(work, '.vitepress'), {recursive: true})
  cpSync(join(source, 'public'), join(work, 'pages/public'), {recursive: true})
  cpSync(join(root, 'docs/images'), join(work, 'pages/public/images'), {recursive: true})
  const texts = new Map(
    sourcesOfPages().map((path) => [path, readFileSync(join(root, path), 'utf8')] as const),
  )
  for (const [path, text] of texts) {
    const page = join(work, 'pages', pageOf(path))
    mkdirSync(dirname(page), {recursive: true})
    writeFileSync(page, text)
  }
  const site = JSON.stringify({...settings(texts), base: options.base, ref: options.ref, outDir, folder})
  writeFileSync(join(work, '.vitepress/site.json'), site)
}

function sourcesOfPages(): string[] {
  const docs = readdirSync(join(root, 'docs'), {recursive: true, encoding: 'utf8'})
  return [...Object.keys(PAGES_OUTSIDE_DOCS), ...docs.sort().map((name) => `docs/${name}`)].filter((path) =>
    path.endsWith('.md'),
  )
}

function settings(texts: ReadonlyMap<string, string>): object {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest & {
    readonly description: string
  }
  return {
    description: manifest.description,
    version: manifest.version,
    repository: `https://github.com/${repositoryOf(manifest)}`,
    pages: Object.fromEntries([...texts.keys()].map((path) => [path, pageOf(path)])),
    sidebar: sidebarOf(texts),
    generated: generatedIn(readFileSync(join(root, '.gitattributes'), 'utf8')),
    folders: foldersOfRepository(),
    nav: [
      {text: 'Quick start', link: '/quick-start'},
      {text: 'Tasks', link: '/tasks'},
      {text: 'Annotations', link: '/annotations'},
    ],
  }
}

/** Folders to which pages can link; those of the sources are among them. */
function foldersOfRepository(): string[] {
  const listed = spawnSync('git', ['ls-files', '-z'], {cwd: root, encoding: 'utf8'}).stdout.split('\0')
  return [...new Set(listed.flatMap((path) => foldersAbove(path)))].filter((path) => path !== '.')
}

function foldersAbove(path: string): string[] {
  const folder = dirname(path)
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)]
}

/** Makes the menu of versions: VersionMenu.vue reads versions.json. */
function listVersion(site: string, {name}: Folder): void {
  const path = join(site, 'versions.json')
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as string[]) : []
  const versions = withVersion(before, name)
  writeFileSync(path, `${JSON.stringify(versions)}\n`)
  writeFileSync(join(site, 'index.html'), indexOf(versions))
  // GitHub would leave out files that begin with an underscore.
  writeFileSync(join(site, '.nojekyll'), '')
}
