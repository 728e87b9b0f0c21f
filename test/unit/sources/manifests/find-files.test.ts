import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {open} from 'node:fs/promises'
import {join} from 'node:path'
import {findFiles, splitGlob} from '../../../../src/sources/manifests/find-files.js'
import {withFolder} from './support.js'

const FILES = {
  'k8s/b.yaml': '',
  'k8s/a.yml': '',
  'k8s/readme.md': '',
  'k8s/deep/er/c.json': '',
  'k8s/node_modules/x/d.yaml': '',
  'k8s/.hidden/e.yaml': '',
  'k8s/[x].yaml': '',
  'no-extension': '',
  'empty/readme.md': '',
}

async function find(path: string): Promise<{files: string[]; folders: string[]}> {
  return withFolder(FILES, async (cwd) => {
    const {files, folders} = await findFiles(path.replace('CWD', cwd), {cwd, temporary: false})
    for (const {file, path: absolute} of files) assert.equal(absolute, join(cwd, file.replace(cwd, '')))
    return {
      files: files.map(({file}) => file.replace(cwd, 'CWD')),
      folders: folders.map((folder) => folder.replace(cwd, 'CWD')),
    }
  })
}

describe('findFiles', () => {
  const cases: [path: string, files: string[]][] = [
    ['k8s/b.yaml', ['k8s/b.yaml']],
    ['./k8s/readme.md', ['./k8s/readme.md']],
    ['no-extension', ['no-extension']],
    ['CWD/k8s/b.yaml', ['CWD/k8s/b.yaml']],
    ['k8s', ['k8s/[x].yaml', 'k8s/a.yml', 'k8s/b.yaml', 'k8s/deep/er/c.json']],
    ['./k8s/', ['k8s/[x].yaml', 'k8s/a.yml', 'k8s/b.yaml', 'k8s/deep/er/c.json']],
    ['CWD/k8s/deep', ['CWD/k8s/deep/er/c.json']],
    ['k8s/.hidden', ['k8s/.hidden/e.yaml']],
    ['k8s/node_modules', ['k8s/node_modules/x/d.yaml']],
    ['k8s/*.yaml', ['k8s/[x].yaml', 'k8s/b.yaml']],
    ['k8s/{a,b}.y*ml', ['k8s/a.yml', 'k8s/b.yaml']],
    ['CWD/k8s/?.yml', ['CWD/k8s/a.yml']],
    ['**/*.json', ['k8s/deep/er/c.json']],
    ['k8s/*', ['k8s/[x].yaml', 'k8s/a.yml', 'k8s/b.yaml', 'k8s/deep/er/c.json', 'k8s/readme.md']],
    ['*/deep', ['k8s/deep/er/c.json']],
    ['k8s/[x].yaml', ['k8s/[x].yaml']],
    ['k8s/[ab].*', ['k8s/a.yml', 'k8s/b.yaml']],
  ]
  for (const [path, files] of cases) {
    it(`finds ${files.length} in ${path}`, async () => assert.deepEqual((await find(path)).files, files))
  }

  it('returns the searched folders', async () => {
    assert.deepEqual((await find('k8s')).folders, ['CWD/k8s', 'CWD/k8s/deep', 'CWD/k8s/deep/er'])
    assert.deepEqual((await find('k8s/d*')).folders, ['CWD/k8s', 'CWD/k8s/deep', 'CWD/k8s/deep/er'])
    assert.deepEqual((await find('k8s/b.yaml')).folders, [])
  })

  const failures: [path: string, code: string][] = [
    ['none.yaml', 'path-not-found'],
    ['k8s/b.yaml/x', 'path-not-found'],
    ['', 'path-not-found'],
    ['none/*.yaml', 'path-not-found'],
    ['k8s/*.json', 'path-not-found'],
    ['empty', 'no-manifests'],
    ['https://example.org/a.yaml', 'path-not-found'],
    ['k8s/\0', 'file-unreadable'],
  ]
  for (const [path, code] of failures) {
    it(`fails with ${code} for ${JSON.stringify(path)}`, async () => {
      await assert.rejects(find(path), {name: 'Failure', code, temporary: false})
    })
  }

  it('fails temporarily only if the caller says so', async () => {
    await assert.rejects(findFiles('none', {cwd: '/', temporary: true}), {
      code: 'path-not-found',
      temporary: true,
    })
  })

  it('treats only a stream of this process as a pipe', async () => {
    await withFolder({}, async (cwd) => {
      const path = join(cwd, 'pipe')
      assert.equal(spawnSync('mkfifo', [path]).status, 0)
      const named = await findFiles('pipe', {cwd, temporary: false})
      assert.deepEqual(named.files, [{file: 'pipe', path, isPipe: false}])
      const ends = await open(path, 'r+')
      const file = `/dev/fd/${ends.fd}`
      const {files} = await findFiles(file, {cwd, temporary: false})
      assert.deepEqual(files, [{file, path: file, isPipe: true}])
      await ends.close()
    })
  })
})

describe('splitGlob', () => {
  const cases: [pattern: string, base: string, rest: string][] = [
    ['*.yaml', '', '*.yaml'],
    ['a/b/*.yaml', 'a/b', '*.yaml'],
    ['a/{b/c,d}/e', 'a', '{b/c,d}/e'],
    ['/*.yaml', '/', '*.yaml'],
    ['/a/**', '/a', '**'],
    ['../x?/y', '..', 'x?/y'],
    ['a/b.yaml', 'a/b.yaml', ''],
    ['/', '/', ''],
  ]
  for (const [pattern, base, rest] of cases) {
    it(`splits ${pattern}`, () => assert.deepEqual(splitGlob(pattern), {base, rest}))
  }
})
