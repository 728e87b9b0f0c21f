import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {mkdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {FolderWatchers} from '../../../../src/sources/manifests/folder-watchers.js'
import {until, withFolder} from './support.js'

type Seen = {type: string; path: string | undefined}

async function watching(
  use: (folder: string, watchers: FolderWatchers, seen: Seen[]) => Promise<void>,
): Promise<void> {
  await withFolder({'a/x.yaml': '', 'b/y.yaml': ''}, async (folder) => {
    const seen: Seen[] = []
    const watchers = new FolderWatchers((type, path) => seen.push({type, path}))
    try {
      await use(folder, watchers, seen)
    } finally {
      watchers.close()
    }
  })
}

const saw = (seen: Seen[], path: string, type?: string): boolean =>
  seen.some((event) => event.path === path && (type === undefined || event.type === type))

describe('FolderWatchers', () => {
  it('tells what came and what was written, with its path', async () => {
    await watching(async (folder, watchers, seen) => {
      watchers.watch(new Set([join(folder, 'a')]))
      await writeFile(join(folder, 'a/x.yaml'), 'new')
      await until(() => saw(seen, join(folder, 'a/x.yaml'), 'change'), 'the write')
      await writeFile(join(folder, 'a/new.yaml'), '')
      await until(() => saw(seen, join(folder, 'a/new.yaml'), 'rename'), 'the new file')
    })
  })

  it('says whether a folder was added', async () => {
    await watching(async (folder, watchers) => {
      const [a, b] = [join(folder, 'a'), join(folder, 'b')]
      assert.equal(watchers.watch(new Set([a])), true)
      assert.equal(watchers.watch(new Set([a])), false)
      assert.equal(watchers.watch(new Set([a, b])), true)
      assert.equal(watchers.watch(new Set([b])), false)
      assert.equal(watchers.watch(new Set([a, b])), true)
    })
  })

  it('bears a folder that is not there', async () => {
    await watching(async (folder, watchers) => {
      assert.equal(watchers.watch(new Set([join(folder, 'none')])), false)
      assert.equal(watchers.watch(new Set([join(folder, 'none'), join(folder, 'a')])), true)
    })
  })

  it('watches no longer what it is not asked to', async () => {
    await watching(async (folder, watchers, seen) => {
      watchers.watch(new Set([join(folder, 'a'), join(folder, 'b')]))
      watchers.watch(new Set([join(folder, 'b')]))
      await writeFile(join(folder, 'a/x.yaml'), 'new')
      await writeFile(join(folder, 'b/y.yaml'), 'new')
      await until(() => saw(seen, join(folder, 'b/y.yaml')), 'the write in b')
      assert.equal(saw(seen, join(folder, 'a/x.yaml')), false)
    })
  })

  for (const [how, replace] of [
    ['deleted', (folder: string) => rm(folder, {recursive: true})],
    ['moved away', (folder: string) => rename(folder, `${folder}-old`)],
  ] as const) {
    it(`watches a folder again after it was ${how} and created again`, async () => {
      await watching(async (folder, watchers, seen) => {
        const a = join(folder, 'a')
        watchers.watch(new Set([folder, a]))
        await replace(a)
        await mkdir(a)
        // As its owner does, at every event: late ones may still be about the old folder.
        await until(() => {
          watchers.watch(new Set([folder, a]))
          writeFileSync(join(a, 'x.yaml'), 'new')
          return saw(seen, join(a, 'x.yaml'), 'change')
        }, 'a write in the new folder')
      })
    })
  }
})
