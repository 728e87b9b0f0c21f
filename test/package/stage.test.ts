import assert from 'node:assert/strict'
import {readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {DEBIAN, LOCAL, stageNpm, stagePrefix} from '../../scripts/package/stage.js'
import {temporaryFolder, type TemporaryFolder} from '../support/temporary-folder.js'
import {thisProject} from './project.js'

/** Files stand in for the Node that the scripts would fetch. */
const NODE = {binary: '/bin/true', license: join(thisProject().root, 'LICENSE')}

const APP = [
  'bin/run.js',
  'dist/chunks/CHUNK.js',
  'dist/chunks/CHUNK.js.map',
  'dist/cli/main.js',
  'dist/cli/main.js.map',
  'dist/commands/index.js',
  'dist/commands/index.js.map',
  'gce/cloud-init.yaml',
  'oclif.manifest.json',
  'package.json',
  'schemas/annotations.schema.json',
  'schemas/state.schema.json',
  ...['bird.conf', 'keepalived.conf', 'lbex-announce', 'lbex-announce.service'].map(
    (name) => `templates/ha/${name}.liquid`,
  ),
  'templates/live.js',
  'templates/nginx.conf.liquid',
  'templates/service.conf.liquid',
  'templates/ui.html',
]
const PAGES = ['lbex-drain.1', 'lbex-render.1', 'lbex-run.1', 'lbex.1']

/** Sorted; the chunks of the bundle count as one, and so do the pages of commands that come later. */
function filesIn(folder: string): string[] {
  const names = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replace(/chunks\/[^/]+?\.js/, 'chunks/CHUNK.js'))
    .filter((name) => !/lbex-[^/]*\.1$/.test(name) || PAGES.some((page) => name.endsWith(`/${page}`)))
  return [...new Set(names)].sort()
}

describe('package: what is laid out', () => {
  let folder: TemporaryFolder
  beforeEach(async () => {
    folder = await temporaryFolder()
  })
  afterEach(() => folder.remove())

  it('for npm is the bundle and what belongs to it, and no more', () => {
    stageNpm(thisProject(), folder.path)
    assert.deepEqual(
      filesIn(folder.path),
      [
        ...APP,
        ...['LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.txt'],
        ...['completions/_lbex', 'completions/lbex.bash', 'completions/lbex.fish'],
        ...PAGES.map((page) => `man/${page}`),
      ].sort(),
    )
  })

  it('for npm needs no other package, and may be published', () => {
    stageNpm(thisProject(), folder.path)
    const manifest = JSON.parse(readFileSync(join(folder.path, 'package.json'), 'utf8'))
    for (const name of ['dependencies', 'devDependencies', 'scripts', 'private', 'files'])
      assert.equal(manifest[name], undefined, name)
    assert.deepEqual([manifest.name, manifest.bin], ['lbex', {lbex: 'bin/run.js'}])
    for (const name of ['repository', 'homepage', 'bugs', 'author', 'publishConfig'])
      assert.ok(manifest[name], name)
    assert.ok((manifest.man as string[]).includes('man/lbex-run.1'))
  })

  it('for /usr and /usr/local is a tree of its own', () => {
    stagePrefix(thisProject(), folder.path, NODE, LOCAL)
    assert.deepEqual(
      filesIn(folder.path),
      [
        'bin/lbex',
        ...APP.map((name) => `lib/lbex/${name}`),
        ...['lib/lbex/node', 'lib/lbex/with-notify-socket'],
        ...['lib/systemd/system/lbex-failed.target', 'lib/systemd/system/lbex-failed@.target'],
        ...['lib/systemd/system/lbex-nginx.service', 'lib/systemd/system/lbex-nginx@.service'],
        ...['lib/systemd/system/lbex.service', 'lib/systemd/system/lbex@.service'],
        'share/bash-completion/completions/lbex',
        ...['LICENSE', 'NODE-LICENSE.txt', 'THIRD-PARTY-NOTICES.txt'].map((name) => `share/doc/lbex/${name}`),
        'share/fish/vendor_completions.d/lbex.fish',
        ...PAGES.map((page) => `share/man/man1/${page}`),
        'share/zsh/site-functions/_lbex',
      ].sort(),
    )
  })

  for (const places of [LOCAL, DEBIAN]) {
    it(`starts what lies in ${places.prefix}`, () => {
      stagePrefix(thisProject(), folder.path, NODE, places)
      const unit = readFileSync(join(folder.path, 'lib/systemd/system/lbex.service'), 'utf8')
      const [bin, lib] = [`${places.prefix}/bin`, `${places.prefix}/lib`]
      assert.match(unit, new RegExp(`^ExecStart=${lib}/lbex/with-notify-socket ${bin}/lbex run$`, 'm'))
    })
  }

  it('tells nothing of when and by whom', () => {
    const project = thisProject()
    stagePrefix(project, folder.path, NODE, LOCAL)
    for (const name of readdirSync(folder.path, {recursive: true, encoding: 'utf8'})) {
      const {mode, mtimeMs} = statSync(join(folder.path, name))
      assert.equal(mtimeMs, project.epoch * 1000, name)
      assert.ok([0o755, 0o644].includes(mode & 0o7777), name)
    }
  })
})
