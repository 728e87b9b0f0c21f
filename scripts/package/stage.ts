/** Lays out what is shipped, in folders: the npm package, and the tree that tarball, .deb and container have in common. */
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import type {BundledPackage} from './bundled-packages.js'
import {commandsOf} from '../../src/cli/command-line.js'
import {bashCompletion} from '../../src/cli/completions/bash.js'
import {fishCompletion} from '../../src/cli/completions/fish.js'
import {zshCompletion} from '../../src/cli/completions/zsh.js'
import {manPages} from './man-pages.js'
import type {NodeBinary} from './node-binary.js'
import {noticesOf} from './notices.js'
import {unitFiles, UNITS} from './units.js'

export type Project = {
  /** The clone, where scripts/build.mjs has run. */
  readonly root: string
  readonly version: string
  /** `NAME <ADDRESS>`: the author of package.json. */
  readonly maintainer: string
  /** Seconds: the time that every file gets, so that the same sources give the same bytes. */
  readonly epoch: number
  readonly bundled: readonly BundledPackage[]
}

/** Folders that the distribution and a local installation name differently. */
export type Places = {
  /** Where bin/ will lie: `/usr` or `/usr/local`. */
  readonly prefix: string
  readonly zsh: string
}

export const LOCAL: Places = {prefix: '/usr/local', zsh: 'share/zsh/site-functions'}
export const DEBIAN: Places = {prefix: '/usr', zsh: 'share/zsh/vendor-completions'}

/** What `npm pack` is to pack: it needs no package but itself. */
export function stageNpm(project: Project, folder: string): void {
  const pages = manPagesOf(project)
  stageApp(project, folder, {man: Object.keys(pages).map((name) => `man/${name}`)})
  for (const name of ['LICENSE', 'README.md']) cpSync(join(project.root, name), join(folder, name))
  write(folder, {
    'THIRD-PARTY-NOTICES.txt': noticesOf(project.bundled),
    ...under('man', pages),
    ...under('completions', completionsOf(project, {bash: 'lbex.bash', zsh: '_lbex', fish: 'lbex.fish'})),
  })
  settle(folder, project.epoch)
}

/** bin/, lib/ and share/, with a Node of its own. */
export function stagePrefix(project: Project, folder: string, node: NodeBinary, {prefix, zsh}: Places): void {
  const {root} = project
  stageApp(project, join(folder, 'lib/lbex'))
  copy(node.binary, join(folder, 'lib/lbex/node'))
  copy(join(root, 'packaging/launcher.sh'), join(folder, 'bin/lbex'))
  copy(join(root, 'packaging/with-notify-socket'), join(folder, 'lib/lbex/with-notify-socket'))
  copy(join(root, 'LICENSE'), join(folder, 'share/doc/lbex/LICENSE'))
  copy(node.license, join(folder, 'share/doc/lbex/NODE-LICENSE.txt'))
  write(folder, {
    'share/doc/lbex/THIRD-PARTY-NOTICES.txt': noticesOf(project.bundled),
    ...under('lib/systemd/system', unitsOf(root, prefix)),
    ...under('share/man/man1', manPagesOf(project)),
    ...completionsOf(project, {
      bash: 'share/bash-completion/completions/lbex',
      zsh: `${zsh}/_lbex`,
      fish: 'share/fish/vendor_completions.d/lbex.fish',
    }),
  })
  settle(folder, project.epoch)
}

/** Access rights and times say nothing of who built it, and when. */
export function settle(path: string, epoch: number): void {
  const entry = lstatSync(path)
  if (entry.isDirectory()) for (const name of readdirSync(path)) settle(join(path, name), epoch)
  if (entry.isSymbolicLink()) return
  chmodSync(path, entry.isDirectory() || entry.mode & 0o100 ? 0o755 : 0o644)
  utimesSync(path, epoch, epoch)
}

/** By path. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), {recursive: true})
    writeFileSync(join(folder, path), text)
  }
}

export function copy(from: string, to: string): void {
  mkdirSync(dirname(to), {recursive: true})
  cpSync(from, to, {recursive: true})
}

/** What lbex is at run time. The packages are in the bundle, so it depends on none. */
function stageApp({root}: Project, folder: string, extra: object = {}): void {
  for (const name of ['bin/run.js', 'dist', 'gce', 'templates', 'schemas', 'oclif.manifest.json'])
    copy(join(root, name), join(folder, name))
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  for (const name of ['private', 'scripts', 'dependencies', 'devDependencies', 'files']) delete manifest[name]
  write(folder, {'package.json': `${JSON.stringify({...manifest, ...extra}, undefined, 2)}\n`})
}

function unitsOf(root: string, prefix: string): Record<string, string> {
  const textOf = (unit: string): string => readFileSync(join(root, 'packaging/systemd', unit), 'utf8')
  const [main, nginx, failed] = UNITS
  return unitFiles({[main]: textOf(main), [nginx]: textOf(nginx), [failed]: textOf(failed)}, prefix)
}

function manPagesOf({root, version, epoch}: Project): Record<string, string> {
  const date = new Date(epoch * 1000).toISOString().slice(0, 10)
  return manPages(commandsIn(root), {version, date})
}

type Shells = {readonly bash: string; readonly zsh: string; readonly fish: string}

function completionsOf({root}: Project, paths: Shells): Record<string, string> {
  const commands = commandsIn(root)
  return {
    [paths.bash]: bashCompletion(commands),
    [paths.zsh]: zshCompletion(commands),
    [paths.fish]: fishCompletion(commands),
  }
}

function commandsIn(root: string) {
  const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Parameters<
    typeof commandsOf
  >[0]
  return commandsOf(manifest)
}

function under(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]))
}
