import assert from 'node:assert/strict'
import {mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {readOutputFolder, writeOutputFolder} from '../../../../src/cli/run/output-folder.js'
import {Failure} from '../../../../src/diagnostics/failure.js'

const A = {path: 'nginx.conf', text: 'main\n'}
const B = {path: 'services/b.conf', text: 'b\n'}
const C = {path: 'services/c.conf', text: 'c\n'}

describe('output folder', () => {
  let parent: string
  let folder: string

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'lbex-output-'))
    folder = join(parent, 'out')
  })
  afterEach(() => rm(parent, {recursive: true}))

  const written = async () => (await readOutputFolder(folder)).sort((a, b) => (a.path < b.path ? -1 : 1))

  it('is created with all files', async () => {
    await writeOutputFolder(folder, [A, B])
    assert.deepEqual(await written(), [A, B])
  })

  it('may be an earlier output: old files are removed, files of others stay', async () => {
    await writeOutputFolder(folder, [A, B])
    await writeFile(join(folder, 'README'), 'mine\n')
    const changed = {...A, text: 'other\n'}
    await writeOutputFolder(folder, [changed, C])
    assert.deepEqual(await written(), [{path: 'README', text: 'mine\n'}, changed, C])
    await writeOutputFolder(folder, [A])
    assert.deepEqual((await readdir(folder)).sort(), ['.lbex-render.json', 'README', 'nginx.conf'])
  })

  it('does not write or remove files through links', async () => {
    await mkdir(join(parent, 'secret'))
    await writeFile(join(parent, 'secret/b.conf'), 'mine')
    await writeOutputFolder(folder, [A])
    for (const [link, target] of [
      ['services', '../secret'],
      ['nginx.conf', '../secret/b.conf'],
      ['.lbex-render.json', '../secret/b.conf'],
    ] as const) {
      await rm(join(folder, link), {force: true})
      await symlink(target, join(folder, link))
      await assert.rejects(writeOutputFolder(folder, [A, B]), {code: 'output-dir', message: /symbolic link/})
      await rm(join(folder, link))
      if (link !== '.lbex-render.json') await writeOutputFolder(folder, [A])
    }
    assert.equal(await readFile(join(parent, 'secret/b.conf'), 'utf8'), 'mine')
  })

  it('never writes outside of the folder', async () => {
    await mkdir(folder)
    await writeFile(join(parent, 'precious'), 'mine\n')
    await writeFile(
      join(folder, '.lbex-render.json'),
      JSON.stringify({files: ['../precious', 'a/../../precious']}),
    )
    await writeOutputFolder(folder, [A])
    assert.deepEqual((await readdir(parent)).sort(), ['out', 'precious'])
  })

  it('is rejected if it has other content', async () => {
    await mkdir(folder)
    await writeFile(join(folder, 'precious'), 'mine\n')
    await assert.rejects(writeOutputFolder(folder, [A]), (error) => {
      assert.ok(error instanceof Failure)
      assert.equal(error.message, `${folder} is not empty and was not written by lbex render`)
      return true
    })
    assert.deepEqual(await readdir(folder), ['precious'])
  })

  it('fails with a message if it cannot be written or read', async () => {
    await writeFile(folder, 'a file\n')
    await assert.rejects(writeOutputFolder(folder, [A]), {
      name: 'Failure',
      message: /^cannot write to .*out: /,
    })
    await assert.rejects(readOutputFolder(join(parent, 'none')), {
      name: 'Failure',
      message: /^cannot read .*none: /,
    })
  })
})
