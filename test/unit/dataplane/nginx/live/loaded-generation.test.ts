import assert from 'node:assert/strict'
import {
  assembleGeneration,
  requestedFiles,
  type Generation,
} from '../../../../../src/dataplane/nginx/config/generation.js'
import {loadedGeneration} from '../../../../../src/dataplane/nginx/live/loaded-generation.js'
import {planLive} from '../../../../../src/dataplane/nginx/live/plan-live.js'
import {
  indexGeneration,
  parseIndex,
  formatIndex,
} from '../../../../../src/dataplane/nginx/store/generation-index.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../../support/builders.js'
import {LIVE_SCRIPT} from '../../../../support/live-stage.js'
import {translate} from '../../../../support/translate.js'

/** Servers by the name of their Service. */
type World = Readonly<Record<string, readonly string[]>>

describe('loadedGeneration', () => {
  const live = {script: LIVE_SCRIPT}

  function generationOf(world: World, annotations: Readonly<Record<string, string>> = {}): Generation {
    const parts = Object.entries(world).flatMap(([name, addresses], index) => [
      aService(name)
        .annotated({'upstream-type': 'pod', ...annotations})
        .port('main', 80, {listen: 8000 + index}),
      aSlice(name)
        .port('main', 8080)
        .endpoints(...addresses.map((address) => anEndpoint(address))),
    ])
    return assembleGeneration(translate(aSnapshot(parts), options({live})).files)
  }

  /** What is found out about `loaded` if only its text and its index are on disk. */
  async function recall(
    loaded: Generation,
    wanted: Generation,
    damaged = '',
  ): Promise<Generation | undefined> {
    const index = parseIndex(formatIndex(indexGeneration(loaded)))
    assert.ok(index)
    const texts = new Map(loaded.files.map(({path, text}) => [path, text]))
    return loadedGeneration(index, wanted, async (path) => {
      return damaged && path.includes(damaged) ? undefined : texts.get(path)
    })
  }

  async function planned(loaded: Generation, wanted: Generation): Promise<object> {
    const recalled = await recall(loaded, wanted)
    assert.equal(recalled?.id, loaded.id)
    const {entries, complete, owners} = planLive(recalled.files, requestedFiles(wanted), [])
    return {entries: [...entries.values()], complete, owners: owners.map(({name}) => name)}
  }

  it('knows the servers, so that a change of servers needs no reload', async () => {
    const loaded = generationOf({web: ['10.0.0.1', '10.0.0.2'], dns: ['10.0.0.9', '2001:db8::9']})
    const wanted = generationOf({web: ['10.0.0.1', '10.0.0.3'], dns: ['10.0.0.9', '2001:db8::9']})
    const entries = ['13:10.0.0.1:808010.0.0.3:8080']
    assert.deepEqual(await planned(loaded, wanted), {entries, complete: true, owners: []})
    const recalled = await recall(loaded, wanted)
    assert.deepEqual(
      recalled?.files.map((file) => file.live),
      requestedFiles(loaded).map((file) => file.live),
    )
  })

  it('knows that a change of a setting needs a reload', async () => {
    for (const [before, after] of [
      [{}, {'connect-timeout': '5s'}],
      [{}, {'max-fails': '3'}],
      [{'max-fails': '2'}, {'max-fails': '3'}],
    ] as const) {
      const [loaded, wanted] = [
        generationOf({web: ['10.0.0.1']}, before),
        generationOf({web: ['10.0.0.2']}, after),
      ]
      assert.deepEqual(await planned(loaded, wanted), {entries: [], complete: false, owners: ['web', 'web']})
    }
  })

  it('knows that a Service is gone', async () => {
    const [loaded, wanted] = [
      generationOf({web: ['10.0.0.1'], x: ['10.0.0.2']}),
      generationOf({web: ['10.0.0.1']}),
    ]
    const {complete} = (await planned(loaded, wanted)) as {complete: boolean}
    assert.equal(complete, false)
  })

  it('does not know it if nginx.conf differs, or if a file is damaged', async () => {
    const [loaded, wanted] = [generationOf({web: ['10.0.0.1']}), generationOf({web: ['10.0.0.2']})]
    assert.equal(await recall(loaded, wanted, 'services/'), undefined)
    const [main, ...others] = wanted.files
    assert.ok(main)
    const other = {...wanted, files: [{...main, text: 'other'}, ...others]}
    assert.equal(await recall(loaded, other), undefined)
  })
})
