import assert from 'node:assert/strict'
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import {join} from 'node:path'
import {assembleGeneration} from '../../../../../src/dataplane/nginx/config/generation.js'
import {layoutOf, makeFolders, type Layout} from '../../../../../src/dataplane/nginx/store/layout.js'
import {indexGeneration} from '../../../../../src/dataplane/nginx/store/generation-index.js'
import {diskFailure} from '../../../../../src/dataplane/nginx/store/disk-failure.js'
import {readLiveGeneration} from '../../../../../src/dataplane/nginx/store/tree-reader.js'
import {Tree} from '../../../../../src/dataplane/nginx/store/tree.js'
import {mainFile, serviceFile} from '../../../../support/nginx-files.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

const main = mainFile({directory: '/d'})
const a = serviceFile('a', {port: 1})
const b = serviceFile('b', {port: 2})
const c = serviceFile('c', {port: 3})
const first = assembleGeneration([main, a, b])
const second = assembleGeneration([main, b, c])
const third = assembleGeneration([main, c])

describe('Tree', () => {
  let folder: TemporaryFolder
  let layout: Layout
  let tree: Tree

  beforeEach(async () => {
    folder = await temporaryFolder()
    layout = layoutOf(folder.path)
    await makeFolders(layout)
    tree = await Tree.open(layout)
  })

  afterEach(() => folder.remove())

  const inServices = async (): Promise<string[]> =>
    (await readdir(layout.services)).map((name) => `services/${name}`).sort()

  it('stages a generation beside the Services’ files', async () => {
    const path = await tree.stage(first)
    assert.equal(path, join(layout.generations, first.id, 'nginx.conf'))
    await tree.seal(first)
    const names = ['manifest.json', 'nginx.conf', 'services', 'services.conf', 'version.conf']
    assert.deepEqual((await readdir(join(layout.generations, first.id))).sort(), names)
    assert.equal(await readlink(join(layout.generations, first.id, 'services')), '../../services')
    assert.deepEqual(await inServices(), [a.path, b.path].sort())
    for (const {path: name, text} of first.files) {
      assert.equal(await readFile(join(layout.generations, first.id, name), 'utf8'), text)
    }
    assert.deepEqual(await tree.readIndex(first.id), indexGeneration(first))
    assert.equal(await tree.readIndex('000000000000'), undefined)
  })

  it('writes each file once', async () => {
    await tree.stage(first)
    const {ino} = await stat(join(folder.path, b.path))
    await tree.stage(second)
    await tree.stage(first)
    const again = await Tree.open(layout)
    await again.stage(second)
    assert.equal((await stat(join(folder.path, b.path))).ino, ino)
  })

  it('rejects if something else has the name of its link', async () => {
    await mkdir(layout.current)
    await assert.rejects(tree.current(), {
      code: 'directory-unusable',
      message: `${layout.current} is not a link that lbex created`,
    })
  })

  it('reads what `current` names, without the files that are damaged or missing', async () => {
    assert.equal(await tree.readCurrent(), undefined)
    await tree.stage(first)
    await tree.seal(first)
    await tree.switchTo(first.id)
    const services = first.files.filter(({owners}) => owners.length > 0)
    assert.deepEqual(await tree.readCurrent(), {files: [main, ...services], damaged: []})
    await writeFile(join(folder.path, a.path), '')
    await rm(join(folder.path, b.path))
    assert.deepEqual(await tree.readCurrent(), {files: [main], damaged: [a.path, b.path].sort()})
    await rm(join(layout.current, 'nginx.conf'))
    assert.equal(await tree.readCurrent(), undefined)
  })

  it('repairs damaged files, once in each run', async () => {
    await tree.stage(first)
    await writeFile(join(folder.path, a.path), 'damaged')
    await writeFile(join(layout.generations, first.id, 'services.conf'), '')
    const next = await Tree.open(layout)
    await next.stage(first)
    assert.equal(await readFile(join(folder.path, a.path), 'utf8'), a.text)
    const index = first.files.find(({path}) => path === 'services.conf')
    assert.equal(await readFile(join(layout.generations, first.id, 'services.conf'), 'utf8'), index?.text)
  })

  it('repairs files that were damaged since, when it has to check again', async () => {
    await tree.stage(first)
    await tree.seal(first)
    assert.equal(await tree.repair(first), false)
    await writeFile(join(folder.path, a.path), 'damaged')
    await tree.stage(first)
    assert.equal(await readFile(join(folder.path, a.path), 'utf8'), 'damaged')
    assert.equal(await tree.repair(first), true)
    assert.equal(await readFile(join(folder.path, a.path), 'utf8'), a.text)
    await rm(join(layout.generations, first.id, 'services'))
    assert.equal(await tree.repair(first), true)
    assert.equal(await readlink(join(layout.generations, first.id, 'services')), '../../services')
    for (const gone of [layout.services, layout.generations]) await rm(gone, {recursive: true})
    assert.equal(await tree.repair(first), true)
    assert.deepEqual(await inServices(), [a.path, b.path].sort())
  })

  it('may be littered from the first stage until keepOnly', async () => {
    assert.equal(tree.isLittered, false)
    await tree.stage(first)
    assert.equal(tree.isLittered, true)
    await tree.keepOnly([indexGeneration(first)])
    assert.equal(tree.isLittered, false)
    await tree.stage(first)
    assert.equal(tree.isLittered, true)
  })

  it('checks all files again after a failure', async () => {
    await tree.stage(first)
    await writeFile(join(folder.path, a.path), 'damaged')
    await rename(layout.generations, `${layout.generations}.away`)
    await writeFile(layout.generations, 'a file')
    await assert.rejects(tree.stage(second), {code: 'directory-unusable'})
    await rm(layout.generations)
    await tree.stage(first)
    assert.equal(await readFile(join(folder.path, a.path), 'utf8'), a.text)
  })

  it('seals what it staged, except files that were removed since', async () => {
    await tree.stage(first)
    await rm(join(folder.path, a.path))
    await tree.seal(first)
    await tree.stage(second)
    await tree.seal(second)
  })

  it('checks all files again after a failed sync', async () => {
    await tree.stage(first)
    const path = join(folder.path, a.path)
    await rm(path)
    await symlink(path, path)
    await assert.rejects(tree.seal(first), {code: 'ELOOP'})
    await rm(path)
    await tree.stage(first)
    await tree.seal(first)
    assert.equal(await readFile(path, 'utf8'), a.text)
  })

  it('switches, and switches back', async () => {
    assert.equal(await tree.current(), undefined)
    for (const generation of [first, second, first]) {
      await tree.stage(generation)
      await tree.seal(generation)
      await tree.switchTo(generation.id)
      assert.equal(await tree.current(), generation.id)
      assert.deepEqual(await readLiveGeneration(folder.path), generation)
    }
    await tree.switchTo(undefined)
    assert.equal(await tree.current(), undefined)
    assert.equal(await readLiveGeneration(folder.path), undefined)
  })

  it('reads what is on disk, without the files that are missing', async () => {
    await tree.stage(first)
    await tree.seal(first)
    await tree.switchTo(first.id)
    await rm(join(folder.path, a.path))
    const live = await readLiveGeneration(folder.path)
    const rest = first.files.filter(({path}) => path !== a.path)
    assert.deepEqual(live, {id: first.id, files: rest})
  })

  it('reads a Service’s file only if it is intact', async () => {
    await tree.stage(first)
    assert.equal(await tree.readService(a.path), a.text)
    await writeFile(join(folder.path, a.path), a.text.slice(1))
    assert.equal(await tree.readService(a.path), undefined)
    assert.equal(await tree.readService(c.path), undefined)
  })

  it('keeps the given generations, and removes the rest', async () => {
    for (const generation of [first, second, third]) await tree.stage(generation)
    await writeFile(join(layout.services, 'half.tmp'), '')
    const later = await Tree.open(layout)
    await later.keepOnly([indexGeneration(second), indexGeneration(third)])
    assert.deepEqual((await readdir(layout.generations)).sort(), [second.id, third.id].sort())
    assert.deepEqual(await inServices(), [b.path, c.path].sort())
    await later.stage(first)
    assert.deepEqual(await inServices(), [a.path, b.path, c.path].sort())
  })

  it('turns an error of the file system into a temporary failure with a hint', async () => {
    await rename(layout.generations, `${layout.generations}.away`)
    await writeFile(layout.generations, 'a file')
    await assert.rejects(tree.stage(first).catch(diskFailure), {
      name: 'Failure',
      code: 'directory-unusable',
      temporary: true,
    })
    await chmod(layout.generations, 0o600)
    await assert.rejects(tree.readIndex(first.id), {code: 'ENOTDIR'})
  })
})
