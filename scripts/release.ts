/**
 * A release, as far as it can be made without publishing anything: version, manifest, notes, artifacts, checksums.
 *
 *   npm run release                   tries it: takes up the changesets of what is committed, in a clone in .cache/release/
 *   npm run release -- --tag v2.0.0   makes it: of the files as they are, and only where nothing stands in the way
 */
import {execFileSync} from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {notesOf} from './release/changelog.js'
import {obstaclesOf, type Candidate} from './release/obstacles.js'
import {imageOf, type Manifest} from './release/places.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const {tag} = parseArgs({options: {tag: {type: 'string'}}}).values

if (tag === undefined) tryRelease()
else makeRelease(tag)

function tryRelease(): void {
  const changed = run(root, 'git', 'status', '--porcelain')
  if (changed !== '') console.log(`not committed, and so not in it:\n${changed}`)
  const before = manifestIn(root).version
  const clone = cloneOf(root)
  show(`${changesetsIn(clone).length} changesets`, before)
  run(clone, 'npm', 'run', '--silent', 'release:version')
  const {version} = manifestIn(clone)
  show('version', `${before} -> ${version}`)
  show(
    'changed',
    run(clone, 'git', 'status', '--porcelain', '--untracked-files=no').split('\n').join('\n          '),
  )
  pack(clone)
  const obstacles = obstaclesOf(candidateIn(clone, undefined))
  console.log(obstacles.length === 0 ? '\nNothing stands in the way.' : '\nBefore it can be published:')
  for (const obstacle of obstacles) console.log(`- ${obstacle}`)
  console.log('\nNothing was published. The real thing: docs/releasing.md')
}

function makeRelease(wanted: string): void {
  const obstacles = obstaclesOf(candidateIn(root, wanted))
  for (const obstacle of obstacles) console.error(`error: ${obstacle}`)
  if (obstacles.length > 0) process.exitCode = 1
  else pack(root)
}

/** Artifacts, checked against their checksums, and the notes beside them. */
function pack(folder: string): void {
  run(folder, 'npm', 'run', '--silent', 'package')
  const artifacts = join(folder, 'artifacts')
  run(artifacts, 'sha256sum', '--check', '--quiet', 'SHA256SUMS')
  const {notes = ''} = candidateIn(folder, undefined)
  const notesFile = join(folder, 'release-notes.md')
  writeFileSync(notesFile, notes)
  const {length} = notes.split('\n')
  show('notes', `${relative(root, notesFile)}  ${length} lines`)
  for (const name of readdirSync(artifacts)) {
    const size = (statSync(join(artifacts, name)).size / 1e6).toFixed(1)
    show('artifact', `${relative(root, join(artifacts, name))}  ${size} MB`)
  }
  const manifest = manifestIn(folder)
  const name = imageOf(manifest)
  const unknown = 'no name yet: package.json names no owner'
  show('image', name === undefined ? unknown : `${name}:${manifest.version}`)
}

/** What is committed, with the packages that are installed here (as links to the same files) and what was fetched before. */
function cloneOf(folder: string): string {
  const clone = join(folder, '.cache/release')
  rmSync(clone, {recursive: true, force: true})
  mkdirSync(join(folder, '.cache'), {recursive: true})
  run(folder, 'git', 'clone', '--quiet', folder, clone)
  run(folder, 'cp', '--archive', '--link', 'node_modules', join(clone, 'node_modules'))
  mkdirSync(join(clone, '.cache'))
  for (const name of readdirSync(join(folder, '.cache')).filter((each) => each.startsWith('node-linux-')))
    symlinkSync(join(folder, '.cache', name), join(clone, '.cache', name))
  return clone
}

function candidateIn(folder: string, wanted: string | undefined): Candidate {
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const manifest = JSON.parse(read('package.json')) as Candidate['manifest']
  const changelog = existsSync(join(folder, 'CHANGELOG.md')) ? read('CHANGELOG.md') : ''
  return {
    manifest,
    lock: read('package-lock.json'),
    deployment: read('deploy/balancer/kustomization.yaml'),
    chart: read('deploy/helm/lbex/Chart.yaml'),
    chartValues: read('deploy/helm/lbex/values.yaml'),
    changesets: changesetsIn(folder),
    notes: notesOf(changelog, manifest.version),
    tag: wanted,
  }
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Those that no version has taken up; a pre-release keeps what it took up until its release. */
function changesetsIn(folder: string): string[] {
  const state = join(folder, '.changeset/pre.json')
  const {changesets = []} = (existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : {}) as {
    changesets?: readonly string[]
  }
  const names = readdirSync(join(folder, '.changeset'))
  return names.filter((name) => /(?<!^README)\.md$/.test(name) && !changesets.includes(name.slice(0, -3)))
}

function show(what: string, value: string): void {
  console.log(`${what.padEnd(9)} ${value}`)
}

function run(cwd: string, command: string, ...parameters: string[]): string {
  return execFileSync(command, parameters, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trimEnd()
}
