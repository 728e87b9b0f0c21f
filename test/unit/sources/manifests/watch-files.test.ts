import assert from 'node:assert/strict'
import {appendFile, mkdir, readFile, rename, rm, symlink, unlink, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {systemClock, type Clock} from '../../../../src/util/clock.js'
import {watchFiles} from '../../../../src/sources/manifests/watch-files.js'
import {until, withFolder, write} from './support.js'

type Step = (what: string, act: () => Promise<void>) => Promise<void>
type Scenario = {
  files?: Record<string, string>
  paths: string[]
  pollInterval?: number
  prepare?: (cwd: string) => Promise<void>
}

/** Longer than any test: only events can tell. */
const EVENTS_ONLY = 600_000

/** Runs steps against a watch; each must lead to at least one call of `onChange`. */
async function watched(
  {files = {}, paths, pollInterval = EVENTS_ONLY, prepare}: Scenario,
  use: (cwd: string, step: Step, counts: {calls: () => number; looks: () => number}) => Promise<void>,
): Promise<void> {
  await withFolder(files, async (cwd) => {
    await prepare?.(cwd)
    const abort = new AbortController()
    let looked = 0
    let calls = 0
    const clock: Clock = {...systemClock, delay: (...args) => ((looked += 1), systemClock.delay(...args))}
    const watching = watchFiles({paths, cwd, pollInterval, clock}, () => (calls += 1), abort.signal)
    try {
      await until(() => looked > 0, 'the first look')
      await use(
        cwd,
        async (what, act) => {
          const before = calls
          await act()
          await until(() => calls > before, what)
        },
        {calls: () => calls, looks: () => looked},
      )
    } finally {
      abort.abort()
      await watching
    }
  })
}

describe('watchFiles', () => {
  describe('by events', () => {
    it('reports a file that is written in place, appended to or touched', async () => {
      await watched({files: {'a.yaml': 'a'}, paths: ['a.yaml']}, async (cwd, step) => {
        await step('a write', () => writeFile(join(cwd, 'a.yaml'), 'b'))
        await step('an append', () => appendFile(join(cwd, 'a.yaml'), 'c'))
        await step('a touch', () => utimes(join(cwd, 'a.yaml'), 1, 1))
      })
    })

    it('reports a file that an editor saves by a rename', async () => {
      await watched({files: {'a.yaml': 'a'}, paths: ['a.yaml']}, async (cwd, step) => {
        for (const text of ['b', 'c']) {
          await step('a save', async () => {
            await writeFile(join(cwd, '.a.yaml.swp'), text)
            await rename(join(cwd, '.a.yaml.swp'), join(cwd, 'a.yaml'))
          })
        }
      })
    })

    it('reports a file that an editor saves with a backup', async () => {
      await watched({files: {'a.yaml': 'a'}, paths: ['a.yaml']}, async (cwd, step) => {
        await step('a save', async () => {
          await rename(join(cwd, 'a.yaml'), join(cwd, 'a.yaml~'))
          await writeFile(join(cwd, 'a.yaml'), 'b')
        })
        await step('a write after it', () => writeFile(join(cwd, 'a.yaml'), 'c'))
      })
    })

    it('reports a file that is deleted, and of its return', async () => {
      await watched({files: {'a.yaml': 'a'}, paths: ['a.yaml']}, async (cwd, step) => {
        await step('the deletion', () => unlink(join(cwd, 'a.yaml')))
        await step('the return', () => writeFile(join(cwd, 'a.yaml'), 'b'))
        await step('a write after it', () => writeFile(join(cwd, 'a.yaml'), 'c'))
      })
    })

    it('reports files in a folder, and in folders that are new', async () => {
      await watched({files: {'k8s/a.yaml': 'a'}, paths: ['k8s']}, async (cwd, step) => {
        await step('a new file', () => writeFile(join(cwd, 'k8s/b.yaml'), 'b'))
        await step('a file in a new folder', () => write(join(cwd, 'k8s/deep/er/c.yaml'), 'c'))
        await step('a write there', () => writeFile(join(cwd, 'k8s/deep/er/c.yaml'), 'd'))
        await step('a second file there', () => writeFile(join(cwd, 'k8s/deep/er/e.yaml'), 'e'))
        await step('the deletion of the folder', () => rm(join(cwd, 'k8s/deep'), {recursive: true}))
      })
    })

    it('reports a folder that is replaced as a whole', async () => {
      await watched({files: {'k8s/a.yaml': 'a', 'new/a.yaml': 'b'}, paths: ['k8s']}, async (cwd, step) => {
        await step('the swap', async () => {
          await rename(join(cwd, 'k8s'), join(cwd, 'old'))
          await rename(join(cwd, 'new'), join(cwd, 'k8s'))
        })
        await step('a write in the new one', () => writeFile(join(cwd, 'k8s/a.yaml'), 'c'))
        await step('the deletion', () => rm(join(cwd, 'k8s'), {recursive: true}))
        await step('the return', () => write(join(cwd, 'k8s/a.yaml'), 'd'))
        await step('a write after it', () => writeFile(join(cwd, 'k8s/a.yaml'), 'e'))
      })
    })

    for (const path of ['a.yaml', '.', 'a.*']) {
      it(`reports the symlink swaps of a mounted ConfigMap, watching ${path}`, async () => {
        const prepare = async (cwd: string): Promise<void> => {
          await symlink('..v1', join(cwd, '..data'))
          await symlink('..data/a.yaml', join(cwd, 'a.yaml'))
        }
        await watched({files: {'..v1/a.yaml': 'a'}, paths: [path], prepare}, async (cwd, step) => {
          for (const version of [2, 3]) {
            await step(`version ${version}`, async () => {
              await write(join(cwd, `..v${version}/a.yaml`), 'a')
              await symlink(`..v${version}`, join(cwd, '..data_tmp'))
              await rename(join(cwd, '..data_tmp'), join(cwd, '..data'))
              await rm(join(cwd, `..v${version - 1}`), {recursive: true})
            })
          }
        })
      })
    }

    it('reports a write to the file that a link leads to', async () => {
      const prepare = (cwd: string): Promise<void> => symlink('../real/x.yaml', join(cwd, 'k8s/a.yaml'))
      const files = {'real/x.yaml': 'a', 'k8s/readme': ''}
      await watched({files, paths: ['k8s/a.yaml'], prepare}, async (cwd, step) => {
        await step('the write', () => writeFile(join(cwd, 'real/x.yaml'), 'b'))
      })
    })

    it('reports what begins to match a glob', async () => {
      await watched({files: {'k8s/a.yaml': 'a'}, paths: ['k8s/*.yaml']}, async (cwd, step) => {
        await step('a new match', () => writeFile(join(cwd, 'k8s/b.yaml'), 'b'))
        await step('the end of a match', () => unlink(join(cwd, 'k8s/a.yaml')))
      })
    })

    it('reports a path that appears only later', async () => {
      await watched({paths: ['k8s/deep/a.yaml']}, async (cwd, step) => {
        await step('the path', async () => {
          await mkdir(join(cwd, 'k8s'))
          await write(join(cwd, 'k8s/deep/a.yaml'), 'a')
        })
        await step('a write', () => writeFile(join(cwd, 'k8s/deep/a.yaml'), 'b'))
      })
    })

    it('does not care about other files in the same folder, or about being read', async () => {
      await watched(
        {files: {'a.yaml': 'a', log: ''}, paths: ['a.yaml']},
        async (cwd, step, {calls, looks}) => {
          const before = looks()
          await appendFile(join(cwd, 'log'), 'line\n')
          await readFile(join(cwd, 'a.yaml'))
          await writeFile(join(cwd, 'other.yaml'), 'not asked for')
          await until(() => looks() > before, 'a look at what came')
          assert.equal(calls(), 0)
          await step('what was asked for', () => writeFile(join(cwd, 'a.yaml'), 'b'))
        },
      )
    })
  })

  describe('by the poll', () => {
    /** A folder below a glob in which nothing matches yet: no event comes from it. */
    const unseen = {
      files: {'k8s/a/x.yaml': '', 'k8s/b/readme': ''},
      paths: ['k8s/*/*.yaml'],
      pollInterval: 10,
    }

    it('finds a change without an event', async () => {
      await watched(unseen, async (cwd, step) => {
        await step('the new match', () => writeFile(join(cwd, 'k8s/b/y.yaml'), ''))
      })
    })

    it('polls at the interval, and does not call back while nothing changes', async () => {
      const abort = new AbortController()
      const delays: number[] = []
      let calls = 0
      const clock: Clock = {
        ...systemClock,
        delay: async (milliseconds) => {
          if (delays.push(milliseconds) === 5) abort.abort()
        },
      }
      await withFolder({'a.yaml': ''}, (cwd) =>
        watchFiles({paths: ['a.yaml'], cwd, pollInterval: 777, clock}, () => (calls += 1), abort.signal),
      )
      assert.deepEqual([delays, calls], [[777, 777, 777, 777, 777], 0])
    })
  })

  it('reports at once a change since the files were read', async () => {
    await withFolder({'a.yaml': ''}, async (cwd) => {
      const abort = new AbortController()
      const options = {
        paths: ['a.yaml'],
        cwd,
        pollInterval: EVENTS_ONLY,
        clock: systemClock,
        lastFingerprint: 'something else',
      }
      let calls = 0
      const watching = watchFiles(options, () => (calls += 1), abort.signal)
      await until(() => calls === 1, 'the call')
      abort.abort()
      await watching
    })
  })

  it('ends at once when it is told to, before or while it waits', async () => {
    await withFolder({'a.yaml': ''}, async (cwd) => {
      const options = {paths: ['a.yaml'], cwd, pollInterval: EVENTS_ONLY, clock: systemClock}
      const onChange = (): void => assert.fail('nothing has changed')
      await watchFiles(options, onChange, AbortSignal.abort())
      const abort = new AbortController()
      const watching = watchFiles(options, onChange, abort.signal)
      setImmediate(() => abort.abort())
      await watching
    })
  })

  it('does not call back after its end, and closes all watchers', async () => {
    const watchers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length
    const before = watchers()
    await withFolder({'a/b/c.yaml': ''}, async (cwd) => {
      let calls = 0
      const abort = new AbortController()
      const options = {paths: ['a'], cwd, pollInterval: 10, clock: systemClock, lastFingerprint: ''}
      const watching = watchFiles(options, () => (calls += 1), abort.signal)
      await until(() => calls > 0, 'the first call')
      abort.abort()
      await watching
      calls = 0
      await writeFile(join(cwd, 'a/b/c.yaml'), 'new')
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(calls, 0)
    })
    assert.equal(watchers(), before)
  })

  it('rejects for an error that is not about a path', async () => {
    const clock: Clock = {...systemClock, delay: () => Promise.reject(new Error('broken clock'))}
    const watching = watchFiles(
      {paths: [], cwd: '/', pollInterval: 1, clock},
      () => {},
      new AbortController().signal,
    )
    await assert.rejects(watching, /broken clock/)
  })
})
