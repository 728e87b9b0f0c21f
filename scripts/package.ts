/**
 * npm run package: everything that a release consists of, in artifacts/. The same sources give the same bytes: every file has
 * the time of the last commit, or of SOURCE_DATE_EPOCH.
 *
 *   npm run package                   npm package, tarball, .deb, SBOM, checksums
 *   npm run package -- prefix DIR     the tree of tarball and .deb alone, with the Node that runs this: for the Dockerfile
 */
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import {DEBIAN_ARCHITECTURE, packDeb, packNpm, packTarball} from './package/archives.js'
import {bundledPackages} from './package/bundled-packages.js'
import {NODE_VERSION, nodeBinary, type Architecture} from './package/node-binary.js'
import {sbomOf} from './package/sbom.js'
import {DEBIAN, LOCAL, stageNpm, stagePrefix, type Project} from './package/stage.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const artifacts = join(root, 'artifacts')

/** The layout is ready for arm64; it is built where that can be tried. */
const ARCHITECTURES: readonly Architecture[] = ['x64']

const [what, target] = process.argv.slice(2)
const project = loadProject()
if (what === 'prefix' && target !== undefined) stagePrefix(project, resolve(target), ownNode(), DEBIAN)
else if (what === undefined) packEverything()
else {
  console.error('usage: npm run package [-- prefix DIR]')
  process.exitCode = 2
}

function packEverything(): void {
  const work = mkdtempSync(join(tmpdir(), 'lbex-package-'))
  try {
    rmSync(artifacts, {recursive: true, force: true})
    mkdirSync(artifacts)
    packForNpm(work)
    for (const architecture of ARCHITECTURES) packWithNode(work, architecture)
    writeFileSync(
      join(artifacts, `lbex-${project.version}.cdx.json`),
      `${JSON.stringify(sbom(), undefined, 2)}\n`,
    )
    writeFileSync(join(artifacts, 'SHA256SUMS'), checksums())
    for (const name of readdirSync(artifacts))
      console.log(`artifacts/${name}  ${sizeOf(join(artifacts, name))}`)
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
}

function packForNpm(work: string): void {
  stageNpm(project, join(work, 'npm'))
  packNpm(join(work, 'npm'), join(artifacts, `lbex-${project.version}.tgz`))
}

function packWithNode(work: string, architecture: Architecture): void {
  const node = nodeBinary(architecture, join(root, '.cache'))
  const name = `lbex-${project.version}-linux-${architecture}`
  stagePrefix(project, join(work, name), node, LOCAL)
  packTarball(join(work, name), join(artifacts, `${name}.tar.gz`), project)
  const deb = join(work, `deb-${architecture}`)
  stagePrefix(project, join(deb, 'usr'), node, DEBIAN)
  // GitHub makes a dot of the ~ that a pre-release has in Debian's version: the name of the file has none.
  const file = `lbex_${project.version}_${DEBIAN_ARCHITECTURE[architecture]}.deb`
  packDeb(deb, join(artifacts, file), project, architecture)
}

function sbom() {
  return sbomOf(
    {
      name: 'lbex',
      version: project.version,
      license: 'Apache-2.0',
      builtAt: new Date(project.epoch * 1000).toISOString(),
      node: NODE_VERSION,
    },
    project.bundled,
  )
}

/** In the form that `sha256sum -c` reads. */
function checksums(): string {
  const lines = readdirSync(artifacts)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(artifacts, name)))
          .digest('hex')}  ${name}\n`,
    )
  return lines.join('')
}

function loadProject(): Project {
  const {version, author} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'version' | 'author',
    string
  >
  return {root, version, maintainer: author, epoch: sourceDate(), bundled: bundledPackages(root)}
}

/** https://reproducible-builds.org/docs/source-date-epoch/ */
function sourceDate(): number {
  const given = process.env['SOURCE_DATE_EPOCH']
  if (given !== undefined) return Number(given)
  return Number(execFileSync('git', ['log', '-1', '--format=%ct'], {cwd: root, encoding: 'utf8'}))
}

function ownNode() {
  const license = [join(process.execPath, '../../LICENSE'), join(process.execPath, '../LICENSE')].find(
    existsSync,
  )
  return {binary: process.execPath, license: license ?? join(root, 'LICENSE')}
}

function sizeOf(path: string): string {
  return `${(statSync(path).size / 1e6).toFixed(1)} MB`
}
